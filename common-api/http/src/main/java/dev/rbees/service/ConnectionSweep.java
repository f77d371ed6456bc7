package dev.rbees.service;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/** Looks after all connections of one event loop from time to time: one timer for all, and only while there are any. Owned by that loop. */
final class ConnectionSweep {

    private final EventLoop loop;
    private final Duration beat;
    private final Set<ConnectionGuard> watched = new LinkedHashSet<>();
    private @Nullable Future<?> timer;

    ConnectionSweep(EventLoop loop, Duration beat) {
        this.loop = loop;
        this.beat = beat;
    }

    void watch(ConnectionGuard guard) {
        watched.add(guard);
        guard.channel().closeFuture().addListener(_ -> watched.remove(guard));
        if (timer == null) {
            timer = loop.scheduleWithFixedDelay(this::sweep, beat.toNanos(), beat.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void sweep() {
        if (watched.isEmpty() && timer != null) {
            timer.cancel(false);
            timer = null;
            return;
        }
        long now = System.nanoTime();
        // why: a connection that is cut leaves the set
        List.copyOf(watched).forEach(guard -> guard.check(now));
    }
}
