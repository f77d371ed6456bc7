package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.service.LoopStream;
import dev.rbees.service.TimerWheel;

/**
 * One reader of one log: gives what is there after a given event, then what comes, and ends after the last event. It takes
 * only what its subscriber asks for, and all of that at once, so that a slow reader costs nothing but its place in the log and
 * never holds up anybody else. Everything it gives, it gives on one thread, the event loop of its connection.
 */
final class LogReader implements LoopStream.Source<Relayed>, TimerWheel.Member {

    private static final int MAX_EVENTS = 64;

    private final TaskLog log;
    private final LoopStream<Relayed> stream;
    private final TimerWheel wheel;
    private final Limits limits;
    private final BooleanSupplier closing;
    private final Runnable wake;
    private long position;
    private long quietSince = System.nanoTime();
    private boolean keepAliveDue;
    private boolean openedSaid;
    private boolean closingSaid;

    /**
     * @param keepAlive after this time without an event a sign of life is given
     * @param patience a reader who has left events lying for this long is cut off
     */
    record Limits(Duration keepAlive, Duration patience) {}

    /**
     * Events after the given one, as many at a time as have come together, with signs of life in between.
     *
     * @param wheel of the connection's event loop
     * @param closing whether the orchestrator closes; an unfinished log is then no longer read
     */
    static Flux<Relayed> read(TaskLog log, long after, TimerWheel wheel, Limits limits, BooleanSupplier closing) {
        return LoopStream.of(wheel.loop(), stream -> {
            LogReader reader = new LogReader(log, after, stream, wheel, limits, closing);
            log.join(reader.wake);
            wheel.add(reader);
            return reader;
        });
    }

    private LogReader(TaskLog log, long after, LoopStream<Relayed> stream, TimerWheel wheel, Limits limits,
            BooleanSupplier closing) {
        this.log = log;
        this.position = after;
        this.stream = stream;
        this.wheel = wheel;
        this.limits = limits;
        this.closing = closing;
        this.wake = stream::wake;
    }

    @Override
    public @Nullable Relayed next() {
        if (!openedSaid) {
            openedSaid = true;
            return Relayed.Opened.OPENED;
        }
        List<LoggedEvent> events = log.after(position, MAX_EVENTS);
        if (events.isEmpty() && closing.getAsBoolean()) {
            closingSaid = true;
            return Relayed.Closing.CLOSING;
        }
        if (events.isEmpty() && !keepAliveDue) {
            return null;
        }
        position += events.size();
        keepAliveDue = false;
        quietSince = System.nanoTime();
        return events.isEmpty() ? Relayed.Quiet.QUIET : new Relayed.Events(events);
    }

    @Override
    public boolean ended() {
        return closingSaid || (openedSaid && log.complete() && position >= log.last());
    }

    /** On the loop, as everything else here. */
    @Override
    public void tick(long now) {
        long quiet = now - quietSince;
        if (quiet >= limits.patience().toNanos() && position < log.last()) {
            stream.fail(new SlowReader());
        } else if (closing.getAsBoolean()) {
            stream.wake();
        } else if (quiet >= limits.keepAlive().toNanos()) {
            keepAliveDue = true;
            stream.wake();
        }
    }

    /** why: closing is not leaving; a task that ends with its last reader is to go on after the restart. */
    @Override
    public void left() {
        wheel.remove(this);
        if (!closing.getAsBoolean()) {
            log.leave(wake);
        }
    }
}
