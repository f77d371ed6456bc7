package dev.rbees.remote;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Connections that several users have together: one for each target, made when the first asks, made anew when it was lost,
 * closed some time after the last has given it back.
 */
final class SharedLinks {

    private final Function<SshTarget, SshLink> connector;
    private final Duration idle;
    private final Map<SshTarget, Shared> links = new ConcurrentHashMap<>();

    private static final class Shared {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable SshLink link;
        private int users;
        /** Counts how often it was given back, so that an old clock does not close a connection that was used since. */
        private long returns;
        private boolean isDropped;
    }

    SharedLinks(Function<SshTarget, SshLink> connector, Duration idle) {
        this.connector = connector;
        this.idle = idle;
    }

    SshConnection open(SshTarget target) {
        while (true) {
            Shared shared = links.computeIfAbsent(target, _ -> new Shared());
            try {
                shared.lock.lockInterruptibly();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new RbeesException(ErrorCode.CANCELLED, "cancelled while connecting to " + target.host());
            }
            try {
                if (!shared.isDropped) {
                    return take(target, shared);
                }
            } finally {
                shared.lock.unlock();
            }
        }
    }

    private SshConnection take(SshTarget target, Shared shared) {
        SshLink link = shared.link;
        if (link == null || !link.isOpen()) {
            try {
                link = connector.apply(target);
            } catch (RuntimeException e) {
                if (shared.users == 0) {
                    drop(target, shared);
                }
                throw e;
            }
            shared.link = link;
        }
        shared.users++;
        AtomicBoolean isGivenBack = new AtomicBoolean();
        return new SshConnection(link, () -> {
            if (isGivenBack.compareAndSet(false, true)) {
                giveBack(target, shared);
            }
        });
    }

    private void giveBack(SshTarget target, Shared shared) {
        shared.lock.lock();
        try {
            shared.users--;
            long mine = ++shared.returns;
            if (shared.users == 0) {
                Executor later = CompletableFuture.delayedExecutor(idle.toNanos(), TimeUnit.NANOSECONDS,
                        Thread::startVirtualThread);
                later.execute(() -> closeWhenIdle(target, shared, mine));
            }
        } finally {
            shared.lock.unlock();
        }
    }

    private void closeWhenIdle(SshTarget target, Shared shared, long returns) {
        SshLink link;
        shared.lock.lock();
        try {
            if (shared.users > 0 || shared.returns != returns || shared.isDropped) {
                return;
            }
            link = shared.link;
            drop(target, shared);
        } finally {
            shared.lock.unlock();
        }
        if (link != null) {
            link.close();
        }
    }

    private void drop(SshTarget target, Shared shared) {
        shared.isDropped = true;
        shared.link = null;
        links.remove(target, shared);
    }
}
