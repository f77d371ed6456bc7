package dev.rbees.worker.web;

import java.time.Duration;

import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.service.SseFrame;
import dev.rbees.worker.generation.EventSink;

/**
 * The bridge from the generating thread to one HTTP answer: takes events without ever blocking, gives server-sent events.
 *
 * <p>
 * What a slow reader leaves in the queue is bounded by the answer's length, which the model's context bounds. While there is
 * nothing to say, because a long prompt is being read, a comment every second shows that the worker lives.
 */
final class AnswerStream implements EventSink {

    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);

    private final Sinks.Many<DataBuffer> events;
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean quiet = true;

    AnswerStream() {
        events = Sinks.many().unicast().onBackpressureBuffer(Queues.<DataBuffer>unbounded(64).get());
    }

    @Override
    public void accept(TaskEvent event) {
        // a failed emission means that the reader has gone, and then its generation is being cancelled
        quiet = false;
        events.tryEmitNext(SseFrame.buffer(SseFrame.of(null, event.type(), event.toJson())));
        if (event.terminal()) {
            events.tryEmitComplete();
            ended.tryEmitEmpty();
        }
    }

    /** The frames, each to be flushed on its own; for one reader. */
    Flux<DataBuffer> frames() {
        Flux<DataBuffer> signs = Flux.interval(SIGN_OF_LIFE).onBackpressureDrop().filter(_ -> nothingWasSaid())
                .map(_ -> SseFrame.buffer(SseFrame.comment("working"))).takeUntilOther(ended.asMono());
        return Flux.merge(events.asFlux(), signs);
    }

    /** Since it was asked last. */
    private boolean nothingWasSaid() {
        boolean before = quiet;
        quiet = true;
        return before;
    }
}
