package dev.rbees.orchestrator.dispatch;

import java.util.function.LongSupplier;

import dev.rbees.api.task.SamplingParameters;

/**
 * How much a worker may send in one attempt. Tokens are bounded by their number and by the bytes of each on average; all else
 * (measurements, comments, events of newer workers) by a rate; and everything together by another. A worker that streams for ever
 * is cut off by whichever it meets first. One thread at a time.
 */
final class StreamBounds {

    /** why: more than the buffers of a connection hold, which come at once after this program was stopped for a while. */
    private static final long BURST = 16L * 1024 * 1024;
    private static final long BYTES_PER_SECOND = 4L * 1024 * 1024;
    /** why: a worker sends four measurements and one comment of about 150 bytes in a second. */
    private static final long ASIDE_BURST = 256L * 1024;
    private static final long ASIDE_PER_SECOND = 16L * 1024;
    /** why: a token is a frame of about 80 bytes, and each of its alternatives has about 100. */
    private static final long BYTES_PER_TOKEN = 512;
    private static final long BYTES_PER_ALTERNATIVE = 256;

    private final Allowance all;
    private final Allowance aside;
    private long tokenBytes;

    StreamBounds(AttemptLimits limits, LongSupplier nanoTime) {
        this.all = new Allowance(BURST, BYTES_PER_SECOND, nanoTime);
        this.aside = new Allowance(ASIDE_BURST, ASIDE_PER_SECOND, nanoTime);
        Integer asked = limits.logprobs();
        int alternatives = asked == null ? 0 : Math.min(asked, SamplingParameters.MAX_LOGPROBS) + 1;
        this.tokenBytes = ASIDE_BURST + limits.tokens() * (BYTES_PER_TOKEN + alternatives * BYTES_PER_ALTERNATIVE);
    }

    /** Bytes came. */
    void received(int bytes) {
        if (!all.take(bytes)) {
            throw new BrokenRule("more bytes in a second than any answer has");
        }
    }

    /** A token came in a frame of so many bytes. */
    void token(int bytes) {
        tokenBytes -= bytes;
        if (tokenBytes < 0) {
            throw new BrokenRule("more bytes than the tokens of the answer can have");
        }
    }

    /** Something else came in a frame of so many bytes. */
    void aside(int bytes) {
        if (!aside.take(bytes)) {
            throw new BrokenRule("more bytes beside the tokens than any worker sends");
        }
    }
}
