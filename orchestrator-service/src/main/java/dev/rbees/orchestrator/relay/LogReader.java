package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;

/**
 * One reader of one log: gives what is there after a given event, then what comes, and ends after the last event. It takes
 * only what its subscriber asks for, and all of that at once, so that a slow reader costs nothing but its place in the log and
 * never holds up anybody else. Everything it gives, it gives on one thread, the event loop of its connection.
 */
final class LogReader implements Subscription {

    private static final int MAX_EVENTS = 256;

    private final TaskLog log;
    private final Subscriber<? super List<LoggedEvent>> reader;
    private final ScheduledExecutorService loop;
    private final Limits limits;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger wanted = new AtomicInteger();
    private final Runnable wake = this::wake;
    private final Runnable drain = this::drain;
    private final Future<?> pulse;
    private volatile boolean open;
    private volatile boolean over;
    private long position;
    private long quietSince = System.nanoTime();
    private boolean pulseDue;

    /**
     * @param keepAlive after this time without an event an empty list is given, so that the connection is seen to live
     * @param patience a reader who has left events lying for this long is cut off
     */
    record Limits(Duration keepAlive, Duration patience) {}

    /** Events after the given one, in lists as long as have come together; an empty list is a sign of life. */
    static Flux<List<LoggedEvent>> read(TaskLog log, long after, ScheduledExecutorService loop, Limits limits) {
        return Flux.from(reader -> {
            LogReader subscription = new LogReader(log, after, reader, loop, limits);
            // why: joined first, because a reader may leave from within onSubscribe, and must then be gone
            log.join(subscription.wake);
            reader.onSubscribe(subscription);
            subscription.open = true;
            subscription.wake();
        });
    }

    private LogReader(TaskLog log, long after, Subscriber<? super List<LoggedEvent>> reader, ScheduledExecutorService loop,
            Limits limits) {
        this.log = log;
        this.position = after;
        this.reader = reader;
        this.loop = loop;
        this.limits = limits;
        long beat = Math.max(1, limits.keepAlive().toMillis() / 3);
        this.pulse = loop.scheduleWithFixedDelay(this::pulse, beat, beat, TimeUnit.MILLISECONDS);
    }

    @Override
    public void request(long n) {
        requested.getAndUpdate(open -> Operators.addCap(open, n));
        wake();
    }

    private void wake() {
        if (open && !over && wanted.getAndIncrement() == 0) {
            try {
                loop.execute(drain);
            } catch (RejectedExecutionException e) {
                cancel(); // why: the server is closed, and with it the connection
            }
        }
    }

    private void drain() {
        int seen = wanted.get();
        do {
            deliver();
            seen = wanted.addAndGet(-seen);
        } while (seen != 0 && !over);
    }

    private void deliver() {
        while (!over) {
            if (log.complete() && position >= log.last()) {
                close();
                reader.onComplete();
                return;
            }
            if (requested.get() == 0) {
                return;
            }
            List<LoggedEvent> events = log.after(position, MAX_EVENTS);
            if (events.isEmpty() && !pulseDue) {
                return;
            }
            position += events.size();
            give(events);
        }
    }

    private void give(List<LoggedEvent> events) {
        pulseDue = false;
        quietSince = System.nanoTime();
        requested.getAndUpdate(open -> open == Long.MAX_VALUE ? open : open - 1);
        reader.onNext(events);
    }

    /** On the same thread as {@link #drain}. */
    private void pulse() {
        long quiet = System.nanoTime() - quietSince;
        if (!over && quiet >= limits.patience().toNanos() && position < log.last()) {
            close();
            reader.onError(new SlowReader());
        } else if (quiet >= limits.keepAlive().toNanos()) {
            pulseDue = true;
            wake();
        }
    }

    @Override
    public void cancel() {
        if (!over) {
            close();
        }
    }

    private void close() {
        over = true;
        pulse.cancel(false);
        log.leave(wake);
    }
}
