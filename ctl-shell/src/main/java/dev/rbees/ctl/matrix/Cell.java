package dev.rbees.ctl.matrix;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.ModelEntry;

/**
 * What came of one model on one backend of one machine. What is not known is null.
 *
 * @param model its id
 * @param backend what it was to compute on
 * @param status {@code passed}, {@code failed}, {@code skipped} where it cannot be tried, {@code refused} where rbees says that it
 *        does not support it
 * @param reason why it did not pass
 * @param format of the model's files
 * @param architecture of the model
 * @param quantization the weights' main encoding
 * @param sizeBytes of its files
 * @param sha256 of its files
 * @param firstStartSeconds until it was ready for the first time, with the import where it was new here
 * @param startSeconds until it was ready for the second time
 * @param tokens of the answer
 * @param stopReason why the answer ended
 * @param tokensPerSecond of one longer answer
 * @param modelBytes of weights and cache, the cache as if it were full
 * @param slots requests it runs at a time
 * @param residentBytesAfterFirst that the process held after the short answers
 * @param residentBytes and after the longer one
 */
public record Cell(String model, String backend, Status status, @Nullable String reason, @Nullable String format,
        @Nullable String architecture, @Nullable String quantization, @Nullable Long sizeBytes, @Nullable String sha256,
        @Nullable Double firstStartSeconds, @Nullable Double startSeconds, @Nullable Integer tokens,
        @Nullable String stopReason, @Nullable Double tokensPerSecond, @Nullable Long modelBytes, @Nullable Integer slots,
        @Nullable Long residentBytesAfterFirst, @Nullable Long residentBytes) {

    /** How a trial ended; in small letters on the wire. */
    public enum Status {
        PASSED,
        FAILED,
        SKIPPED,
        REFUSED;

        /** The name in results. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What the starts of a worker took. */
    record Starts(double first, double second) {}

    /** One that did not pass. */
    static Cell of(String model, String backend, Status status, String reason) {
        return new Cell(model, backend, status, reason, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null);
    }

    static Cell passed(ModelEntry model, String backend, Starts starts, Trial.Measured measured) {
        return new Cell(model.id(), backend, Status.PASSED, null, model.format(), model.architecture(),
                model.quantization(), model.sizeBytes(), model.sha256(), starts.first(), starts.second(),
                measured.answer().tokens(), measured.answer().stopReason(), measured.tokensPerSecond(),
                measured.health().memoryBytes(), measured.health().slotsTotal(), measured.residentAfterFirst(),
                measured.resident());
    }

    /** The same cell, which failed after all. */
    Cell failed(String why) {
        return new Cell(model, backend, Status.FAILED, why, format, architecture, quantization, sizeBytes, sha256,
                firstStartSeconds, startSeconds, tokens, stopReason, tokensPerSecond, modelBytes, slots,
                residentBytesAfterFirst, residentBytes);
    }
}
