package dev.rbees.worker.web;

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
 * What a slow reader leaves in the queue is bounded by the answer's length, which the model's context bounds.
 */
final class AnswerStream implements EventSink {

    private final Sinks.Many<DataBuffer> events;

    AnswerStream() {
        events = Sinks.many().unicast().onBackpressureBuffer(Queues.<DataBuffer>unbounded(64).get());
    }

    @Override
    public void accept(TaskEvent event) {
        // a failed emission means that the reader has gone, and then its generation is being cancelled
        events.tryEmitNext(SseFrame.buffer(SseFrame.of(null, event.type(), event.toJson())));
        if (event.terminal()) {
            events.tryEmitComplete();
        }
    }

    /** The frames, each to be flushed on its own; for one reader. */
    Flux<DataBuffer> frames() {
        return events.asFlux();
    }
}
