package dev.rbees.worker.generation;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.Logprobs;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.Utf8Decoder;

/**
 * Turns the tokens of one answer into its events. Every token is one event; when its text may be the beginning of a stop
 * text, its event waits for the next token or the end, so that no text is lost and none is shown too early.
 */
final class Answer {

    private static final long METRICS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String jobId;
    private final Tokenizer tokenizer;
    private final EventSink sink;
    private final Utf8Decoder decoder = new Utf8Decoder();
    private final StopMatcher stops;
    private final long memoryBytes;
    private int tokensOut;
    private int replayed;
    private long firstToken;
    private long lastToken;
    private long lastMetrics;
    private TaskEvent.@Nullable Token waiting;

    Answer(String jobId, Tokenizer tokenizer, StopMatcher stops, EventSink sink, long memoryBytes) {
        this.jobId = jobId;
        this.tokenizer = tokenizer;
        this.stops = stops;
        this.sink = sink;
        this.memoryBytes = memoryBytes;
    }

    void start(String model, InstantSource clock, Seed seed) {
        sink.accept(new TaskEvent.Started(jobId, model, clock.instant(), seed, null, null));
    }

    /** Takes a token that the reader has: nothing is said of it. */
    void replay(int id) {
        stops.accept(decoder.accept(tokenizer.bytes(id)));
        tokensOut++;
        replayed++;
    }

    /**
     * Takes a token of the answer.
     *
     * @param logprobs how likely it was, if that was asked for
     */
    void token(int id, @Nullable Logprobs logprobs, long nanoTime) {
        if (tokensOut == replayed) {
            firstToken = nanoTime;
            lastMetrics = nanoTime;
        }
        lastToken = nanoTime;
        send();
        TaskEvent.Token token = new TaskEvent.Token(stops.accept(decoder.accept(tokenizer.bytes(id))), tokensOut++, id,
                logprobs);
        if (stops.holds()) {
            waiting = token;
        } else {
            sink.accept(token);
        }
        if (nanoTime - lastMetrics >= METRICS_NANOS) {
            lastMetrics = nanoTime;
            send();
            sink.accept(metrics());
        }
    }

    private void send() {
        if (waiting != null) {
            sink.accept(waiting);
            waiting = null;
        }
    }

    private TaskEvent.Metrics metrics() {
        double seconds = (lastToken - firstToken) / 1e9;
        double rate = seconds > 0 ? Math.round((tokensOut - replayed - 1) / seconds * 100) / 100.0 : 0;
        return new TaskEvent.Metrics(jobId, tokensOut, decodeMillis(), rate, memoryBytes);
    }

    /** From the first token to the last. */
    long decodeMillis() {
        return TimeUnit.NANOSECONDS.toMillis(lastToken - firstToken);
    }

    /** A sign of life for the reader. */
    void alive() {
        sink.alive();
    }

    void end(int tokensIn, int tokensCached, StopReason reason) {
        sendWithHeldText();
        sink.accept(new TaskEvent.End(tokensIn, tokensCached, tokensOut, decodeMillis(), reason,
                stops.matched().orElse(null)));
    }

    void fail(ErrorCode code, String message) {
        sendWithHeldText();
        sink.accept(new TaskEvent.Failed(code, message));
    }

    private void sendWithHeldText() {
        if (waiting != null) {
            sink.accept(new TaskEvent.Token(waiting.t() + stops.flush(), waiting.i(), waiting.id(), waiting.logprobs()));
            waiting = null;
        }
    }

    int tokensOut() {
        return tokensOut;
    }

    Optional<String> matchedStop() {
        return stops.matched();
    }
}
