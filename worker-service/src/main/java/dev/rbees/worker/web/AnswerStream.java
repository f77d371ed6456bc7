package dev.rbees.worker.web;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.service.LoopStream;
import dev.rbees.service.SseFrame;
import dev.rbees.worker.generation.EventSink;

/**
 * The bridge from the generating thread to one HTTP answer. The generating thread only puts frames into a queue and wakes the
 * event loop of the connection; that loop alone takes them out, joins those that wait, and writes them.
 *
 * <p>
 * The batch never waits for a reader. What a slow reader leaves in the queue is bounded by {@link #MAX_WAITING}; one who leaves
 * more is cut off. While there is nothing to say, because a long prompt is being read, a comment shows that the worker lives.
 */
final class AnswerStream implements EventSink {

    /** Characters that may wait for the reader: tens of thousands of tokens, minutes of an answer. */
    static final long MAX_WAITING = 8L * 1024 * 1024;
    /** Characters that are joined into one write, unless a single frame is longer. */
    private static final int MAX_WRITE = 16 * 1024;
    private static final String WORKING = SseFrame.comment("working");

    private final ScheduledExecutorService loop;
    private final long signOfLifeMillis;
    private final Queue<String> frames = new ConcurrentLinkedQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private volatile boolean complete;
    private volatile boolean overrun;
    /** Whether the batch loop has come round since the last look. */
    private volatile boolean alive = true;
    private volatile @Nullable Reading reading;

    /**
     * @param loop of the connection
     * @param signOfLifeMillis after so long without a frame, a comment is sent
     */
    AnswerStream(ScheduledExecutorService loop, long signOfLifeMillis) {
        this.loop = loop;
        this.signOfLifeMillis = signOfLifeMillis;
    }

    /** Called by one thread at a time; never waits. What comes after the reader has left is dropped. */
    @Override
    public void accept(TaskEvent event) {
        Reading reader = reading;
        if (complete || overrun || (reader != null && reader.gone)) {
            return;
        }
        String frame = SseFrame.of(null, event.type(), event.toJson());
        if (waiting.addAndGet(frame.length()) > MAX_WAITING) {
            overrun = true;
        } else {
            frames.add(frame);
            complete = event.terminal();
        }
        Reading now = reading; // why: read again, the reader may have come since
        if (now != null) {
            now.stream.wake();
        }
    }

    /** The batch loop still comes round. Any thread; never waits. */
    @Override
    public void alive() {
        alive = true;
    }

    /** The frames, one or several to a buffer; for one reader. */
    Flux<DataBuffer> frames() {
        return LoopStream.of(loop, stream -> {
            Reading reader = new Reading(stream);
            reading = reader;
            return reader;
        });
    }

    /** The one reader; everything but {@link #left} is called on the loop. */
    private final class Reading implements LoopStream.Source<DataBuffer> {
        private final LoopStream<DataBuffer> stream;
        private final Future<?> pulse;
        private volatile boolean gone;
        private boolean quiet = true;
        private boolean signDue;

        Reading(LoopStream<DataBuffer> stream) {
            this.stream = stream;
            this.pulse = loop.scheduleWithFixedDelay(this::pulse, signOfLifeMillis, signOfLifeMillis, TimeUnit.MILLISECONDS);
        }

        private void pulse() {
            // why: a loop that hangs says nothing, so that the orchestrator notices
            signDue = quiet && frames.isEmpty() && alive;
            alive = false;
            quiet = true;
            if (signDue) {
                stream.wake();
            }
        }

        @Override
        public @Nullable DataBuffer next() {
            String first = frames.poll();
            if (first == null) {
                boolean due = signDue;
                signDue = false;
                return due ? SseFrame.buffer(WORKING) : null;
            }
            quiet = false;
            signDue = false;
            return SseFrame.buffer(joined(first));
        }

        private String joined(String first) {
            StringBuilder text = new StringBuilder(first);
            for (String next = frames.peek(); next != null && text.length() + next.length() <= MAX_WRITE; next = frames
                    .peek()) {
                text.append(next);
                frames.remove();
            }
            waiting.addAndGet(-text.length());
            return text.toString();
        }

        @Override
        public boolean ended() {
            if (overrun) {
                throw new SlowReaderException();
            }
            return complete && frames.isEmpty();
        }

        @Override
        public void left() {
            gone = true;
            pulse.cancel(false);
            frames.clear();
        }
    }

    /** A reader took nothing for so long that its answer no longer fits the memory it may have. */
    static final class SlowReaderException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SlowReaderException() {
            super("the reader took nothing for too long");
        }
    }
}
