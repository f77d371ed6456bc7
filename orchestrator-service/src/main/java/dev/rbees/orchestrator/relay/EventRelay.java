package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;

import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.service.ConnectionLoop;

/** From event logs to readers. Replay and live are the same: events after n. */
public final class EventRelay {

    private static final LogReader.Limits LIMITS = new LogReader.Limits(Duration.ofSeconds(15), Duration.ofSeconds(60));

    private final Map<ScheduledExecutorService, PulseWheel> wheels = new ConcurrentHashMap<>();
    private final AtomicInteger readers = new AtomicInteger();
    private final LogReader.Limits limits;
    private volatile boolean closed;

    public EventRelay(MeterRegistry meters) {
        this(meters, LIMITS);
    }

    EventRelay(MeterRegistry meters, LogReader.Limits limits) {
        this.limits = limits;
        meters.gauge("orchd_stream_readers", Tags.empty(), readers);
    }

    /**
     * The events of a log after the given one: what is there, then what comes, until the last. All is given on the event loop
     * of the connection.
     *
     * @param response where they are to be written
     */
    public Flux<Relayed> read(TaskLog log, long after, ServerHttpResponse response) {
        return read(log, after, ConnectionLoop.of(response));
    }

    Flux<Relayed> read(TaskLog log, long after, ScheduledExecutorService loop) {
        PulseWheel wheel = wheels.computeIfAbsent(loop, one -> new PulseWheel(one, limits.keepAlive().dividedBy(3)));
        return LogReader.read(log, after, wheel, limits, this::closed)
                .doOnSubscribe(_ -> readers.incrementAndGet()).doFinally(_ -> readers.decrementAndGet());
    }

    /** Whether streams end although their tasks have not. */
    public boolean closed() {
        return closed;
    }

    /** Ends all streams, each with {@link Relayed.Closing}; readers may come back to the next process. Does not wait for them. */
    public void close() {
        closed = true;
        wheels.values().forEach(PulseWheel::pulseAll);
    }
}
