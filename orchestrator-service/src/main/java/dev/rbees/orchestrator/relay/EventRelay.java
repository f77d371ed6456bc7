package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;

/** From event logs to readers. Replay and live are the same: events after n. */
public final class EventRelay {

    private static final LogReader.Limits LIMITS = new LogReader.Limits(Duration.ofSeconds(15), Duration.ofSeconds(60));

    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final AtomicInteger readers = new AtomicInteger();
    private volatile boolean closed;

    public EventRelay(MeterRegistry meters) {
        meters.gauge("orchd_stream_readers", Tags.empty(), readers);
    }

    /**
     * The events of a log after the given one: what is there, then what comes, until the last. An empty list is a sign of
     * life when there is nothing to say.
     *
     * @param response where they are to be written
     */
    public Flux<List<LoggedEvent>> read(TaskLog log, long after, ServerHttpResponse response) {
        return LogReader.read(log, after, ConnectionLoop.of(response), LIMITS).takeUntilOther(closing.asMono())
                .doOnSubscribe(_ -> readers.incrementAndGet()).doFinally(_ -> readers.decrementAndGet());
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
