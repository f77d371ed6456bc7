package dev.rbees.orchestrator.dispatch;

import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.Logprobs;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;

/**
 * Reads the events of one attempt, holds them to the order that was given, and makes events of ours of them: what the worker counts
 * is counted again here, and what it was told is not taken from it. One thread at a time.
 */
final class EventCheck {

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");
    private static final int MAX_MODEL = 128;
    /** why: a token's text waits for the rest of a character or of a stop text, and then comes with the next one. */
    private static final int MAX_TEXT = 8 * 1024;
    private static final int MAX_ALTERNATIVE = 1024;
    private static final double MAX_TOKENS_PER_SECOND = 1e7;
    /** why: JSON numbers are exact up to there everywhere. */
    private static final long MAX_EXACT = 1L << 53;
    /** why: clocks of two machines do not run alike. */
    private static final long CLOCK_MARGIN_MS = 1_000;
    private static final long NANOS_PER_MS = 1_000_000;

    private final String workerId;
    private final AttemptLimits limits;
    private final LongSupplier nanoTime;
    private final long begunAt;
    private boolean started;
    private int next;

    /** @param nanoTime as {@link System#nanoTime} */
    EventCheck(String workerId, AttemptLimits limits, LongSupplier nanoTime) {
        this.workerId = workerId;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.begunAt = nanoTime.getAsLong();
        this.next = limits.firstIndex();
    }

    /** What one frame says. */
    sealed interface Said {

        /** An event in the middle of the answer. */
        record Event(TaskEvent event) implements Said {}

        /** Nothing follows. */
        record Last(AttemptEnd end) implements Said {}
    }

    /**
     * @param name of the frame: {@code started}, {@code token}, {@code metrics}, {@code end} or {@code error}
     * @throws BrokenRule when a worker may not say that, here or at all
     */
    Said read(String name, byte[] data) {
        try {
            if (name.equals("error")) {
                return new Said.Last(WorkerErrors.of(workerId, Json.readTree(data)));
            }
            TaskEvent event = TaskEvent.parse(data);
            if (event == null || !event.type().equals(name)) {
                throw new BrokenRule("a frame whose name is not the type of its event");
            }
            return checked(event);
        } catch (BrokenRule e) {
            throw e;
        } catch (RuntimeException e) {
            // why: Jackson names what it could not read, which is not to be told
            throw new BrokenRule("an event that is not JSON of its form");
        }
    }

    private Said checked(TaskEvent event) {
        return switch (event) {
            case TaskEvent.Started first when !started -> new Said.Event(checked(first));
            case TaskEvent.Token token when started -> new Said.Event(checked(token));
            case TaskEvent.Metrics metrics when started -> new Said.Event(checked(metrics));
            case TaskEvent.End end when started -> new Said.Last(new AttemptEnd.Complete(checked(end)));
            default -> throw new BrokenRule("events out of order");
        };
    }

    private TaskEvent.Started checked(TaskEvent.Started first) {
        require(limits.jobId().equals(first.jobId()), "the answer of another task");
        require(text(first.model(), MAX_MODEL) && first.model().chars().noneMatch(Character::isISOControl),
                "no name of a model");
        require(first.startedAt() != null && !first.startedAt().isBefore(EARLIEST) && first.startedAt().isBefore(LATEST),
                "no time of the start");
        require(first.seed() != null, "no seed");
        started = true;
        return new TaskEvent.Started(limits.jobId(), first.model(), first.startedAt(),
                limits.seed() == null ? first.seed() : limits.seed(), null, null);
    }

    private TaskEvent.Token checked(TaskEvent.Token token) {
        require(token.i() == next, "tokens out of order");
        require(next < limits.endIndex(), "more tokens than were asked for");
        require(isId(token.id()), "a token outside the vocabulary");
        require(text(token.t(), MAX_TEXT), "the text of a token");
        next++;
        Logprobs likely = limits.logprobs() == null ? null : checked(token.logprobs());
        return new TaskEvent.Token(whole(token.t()), token.i(), token.id(), likely);
    }

    private @Nullable Logprobs checked(@Nullable Logprobs likely) {
        if (likely == null) {
            return null;
        }
        List<Logprobs.Alternative> top = likely.top();
        require(Double.isFinite(likely.logprob()) && top.size() <= SamplingParameters.MAX_LOGPROBS,
                "the likelihood of a token");
        for (Logprobs.Alternative one : top) {
            require(isId(one.id()) && Double.isFinite(one.logprob()) && text(one.t(), MAX_ALTERNATIVE),
                    "an alternative of a token");
        }
        return new Logprobs(likely.logprob(),
                top.stream().map(one -> new Logprobs.Alternative(one.id(), whole(one.t()), one.logprob())).toList());
    }

    private TaskEvent.Metrics checked(TaskEvent.Metrics metrics) {
        require(limits.jobId().equals(metrics.jobId()), "measurements of another task");
        require(metrics.tokensOut() >= 0 && metrics.decodeTimeMs() >= 0 && metrics.tokensPerSec() >= 0
                && metrics.tokensPerSec() <= MAX_TOKENS_PER_SECOND && metrics.vramBytes() >= 0
                && metrics.vramBytes() <= MAX_EXACT, "measurements out of range");
        return new TaskEvent.Metrics(limits.jobId(), next, elapsed(metrics.decodeTimeMs()), metrics.tokensPerSec(),
                metrics.vramBytes());
    }

    /** why: tokens are what tenants pay with, so that only those count that were really sent. */
    private TaskEvent.End checked(TaskEvent.End end) {
        Integer cached = end.tokensCached();
        require(end.tokensIn() >= 0 && end.tokensOut() >= 0 && end.decodeTimeMs() >= 0 && (cached == null || cached >= 0),
                "a count below zero");
        String stop = end.stopSequenceMatched();
        require(end.stopReason() != null && (stop == null
                || (end.stopReason() == StopReason.STOP_SEQUENCE && limits.stops().contains(stop))),
                "a reason for the end that was not asked for");
        int in = Math.min(end.tokensIn(), limits.maxTokensIn());
        return new TaskEvent.End(in, cached == null ? null : Math.min(cached, in), next, elapsed(end.decodeTimeMs()),
                end.stopReason(), stop);
    }

    /** A time that a worker measured; no longer than the attempt has lasted. */
    private long elapsed(long ms) {
        return Math.min(ms, (nanoTime.getAsLong() - begunAt) / NANOS_PER_MS + CLOCK_MARGIN_MS);
    }

    /** The text with U+FFFD in the place of halves of surrogate pairs, which JSON can name and UTF-8 cannot say. */
    private static String whole(String text) {
        // why: for nearly every token there is nothing to do
        int i = 0;
        while (i < text.length() && !Character.isSurrogate(text.charAt(i))) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder whole = new StringBuilder();
        text.codePoints().map(c -> isHalf(c) ? 0xFFFD : c).forEach(whole::appendCodePoint);
        return whole.toString();
    }

    private static boolean isHalf(int codePoint) {
        return Character.getType(codePoint) == Character.SURROGATE;
    }

    private boolean isId(int id) {
        return id >= 0 && id < limits.vocabularySize();
    }

    private static boolean text(@Nullable String text, int most) {
        return text != null && text.length() <= most;
    }

    private static void require(boolean held, String what) {
        if (!held) {
            throw new BrokenRule(what);
        }
    }
}
