package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import dev.rbees.orchestrator.events.EndedLog;
import dev.rbees.orchestrator.events.EventSource;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.service.ConnectionLoop;
import dev.rbees.service.TimerWheels;

/** From event logs to readers. Replay and live are the same: events after n. */
public final class EventRelay {

    private static final LogReader.Limits LIMITS = new LogReader.Limits(Duration.ofSeconds(15), Duration.ofSeconds(60));

    private final TimerWheels wheels;
    private final AtomicInteger readers = new AtomicInteger();
    private final LogReader.Limits limits;
    private final EndedLogs ended;
    private volatile boolean closed;

    /** @param ended what is read of tasks that have ended */
    public EventRelay(MeterRegistry meters, EndedLogs ended) {
        this(meters, ended, LIMITS);
    }

    EventRelay(MeterRegistry meters, EndedLogs ended, LogReader.Limits limits) {
        this.ended = ended;
        this.limits = limits;
        this.wheels = new TimerWheels(limits.keepAlive().dividedBy(3));
        Gauge.builder("orchd_stream_readers", readers::get).description("Streams of events that are open").register(meters);
    }

    /**
     * The events of a log after the given one: what is there, then what comes, until the last. All is given on the event loop
     * of the connection.
     *
     * @param response where they are to be written
     */
    public Flux<Relayed> read(EventSource source, long after, ServerHttpResponse response) {
        return read(source, after, ConnectionLoop.of(response));
    }

    Flux<Relayed> read(EventSource source, long after, ScheduledExecutorService loop) {
        return switch (source) {
            case TaskLog log -> live(log, after, loop);
            case EndedLog log -> ended(log, after, loop);
        };
    }

    private Flux<Relayed> live(TaskLog log, long after, ScheduledExecutorService loop) {
        return LogReader.read(log, after, wheels.of(loop), limits, this::closed)
                .doOnSubscribe(_ -> readers.incrementAndGet()).doFinally(_ -> readers.decrementAndGet());
    }

    /** Pages come from another thread; what is written is written on that of the connection. */
    private Flux<Relayed> ended(EndedLog log, long after, ScheduledExecutorService loop) {
        Scheduler connection = Schedulers.fromExecutorService(loop);
        return Flux.<Relayed>just(Relayed.Opened.OPENED)
                .concatWith(ended.read(log, after).publishOn(connection, 1).timeout(limits.patience(), connection)
                        .onErrorMap(TimeoutException.class, _ -> new SlowReader()).takeWhile(_ -> !closed)
                        .map(Relayed.Events::new))
                .doOnSubscribe(_ -> readers.incrementAndGet()).doFinally(_ -> readers.decrementAndGet());
    }

    /** Whether streams end although their tasks have not. */
    public boolean closed() {
        return closed;
    }

    /** Ends all streams, each with {@link Relayed.Closing}; readers may come back to the next process. Does not wait for them. */
    public void close() {
        closed = true;
        wheels.tickAll();
    }
}
