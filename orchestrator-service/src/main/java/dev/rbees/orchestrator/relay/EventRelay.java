package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import dev.rbees.orchestrator.events.EndedLog;
import dev.rbees.orchestrator.events.EventSource;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;

/** From event logs to readers. Replay and live are the same: events after n. */
public final class EventRelay {

    private static final LogReader.Limits LIMITS = new LogReader.Limits(Duration.ofSeconds(15), Duration.ofSeconds(60));

    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final AtomicInteger readers = new AtomicInteger();
    private final EndedLogs ended;
    private volatile boolean closed;

    /** @param ended what is read of tasks that have ended */
    public EventRelay(MeterRegistry meters, EndedLogs ended) {
        this.ended = ended;
        meters.gauge("orchd_stream_readers", Tags.empty(), readers);
    }

    /**
     * The events of a log after the given one: what is there, then what comes, until the last. An empty list is a sign of
     * life when there is nothing to say.
     *
     * @param response where they are to be written
     */
    public Flux<List<LoggedEvent>> read(EventSource source, long after, ServerHttpResponse response) {
        ScheduledExecutorService loop = ConnectionLoop.of(response);
        Flux<List<LoggedEvent>> events = switch (source) {
            case TaskLog log -> LogReader.read(log, after, loop, LIMITS);
            case EndedLog log -> readEnded(log, after, loop, LIMITS.patience());
        };
        return events.takeUntilOther(closing.asMono())
                .doOnSubscribe(_ -> readers.incrementAndGet()).doFinally(_ -> readers.decrementAndGet());
    }

    /** Pages come from another thread; what is written is written on that of the connection. */
    private Flux<List<LoggedEvent>> readEnded(EndedLog log, long after, ScheduledExecutorService loop, Duration patience) {
        Scheduler connection = Schedulers.fromExecutorService(loop);
        return ended.read(log, after).publishOn(connection, 1).timeout(patience, connection)
                .onErrorMap(TimeoutException.class, _ -> new SlowReader());
    }

    /** Whether streams end although their tasks have not. */
    public boolean closed() {
        return closed;
    }

    /** Ends all streams; readers may come back to the next process. */
    public void close() {
        closed = true;
        closing.tryEmitEmpty();
    }
}
