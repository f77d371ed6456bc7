package dev.rbees.worker.web;

import java.nio.charset.StandardCharsets;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.worker.generation.EventSink;

/**
 * The bridge from the generating thread to one HTTP answer: takes events without ever blocking, gives server-sent events.
 *
 * <p>
 * What a slow reader leaves in the queue is bounded by the answer's length, which the model's context bounds.
 */
final class AnswerStream implements EventSink {

    private static final DataBufferFactory BUFFERS = DefaultDataBufferFactory.sharedInstance;

    private final Sinks.Many<DataBuffer> events;

    AnswerStream() {
        events = Sinks.many().unicast().onBackpressureBuffer(Queues.<DataBuffer>unbounded(64).get());
    }

    @Override
    public void accept(TaskEvent event) {
        // a failed emission means that the reader has gone, and then its generation is being cancelled
        events.tryEmitNext(frame(event));
        if (event.terminal()) {
            events.tryEmitComplete();
        }
    }

    private static DataBuffer frame(TaskEvent event) {
        String text = "event: " + event.type() + "\ndata: " + event.toJson() + "\n\n";
        return BUFFERS.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The frames, each to be flushed on its own; for one reader. */
    Flux<DataBuffer> frames() {
        return events.asFlux();
    }
}
