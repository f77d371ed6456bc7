package dev.rbees.api.task;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;

/**
 * The record of a task as clients see it. The prompt is not in it. All fields are always there, null while they have no value, so
 * that a client may ask for any of them.
 *
 * @param jobId the task
 * @param status where it is
 * @param model id of the model
 * @param priority class in the queue
 * @param queuePosition 1 is next; only while it waits
 * @param createdAt when it was accepted
 * @param startedAt when the first attempt began to generate
 * @param endedAt when it ended
 * @param workerId the worker of the last attempt
 * @param tokensIn tokens of the rendered prompt, once known
 * @param tokensOut tokens of the answer, once known
 * @param stopReason why it ended as it should
 * @param error why it did not
 * @param attempts one entry for each time it was given to a worker
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TaskView(String jobId, TaskState status, String model, Priority priority, @Nullable Integer queuePosition,
        Instant createdAt, @Nullable Instant startedAt, @Nullable Instant endedAt, @Nullable String workerId,
        @Nullable Integer tokensIn, @Nullable Integer tokensOut, @Nullable StopReason stopReason, @Nullable Failure error,
        List<Attempt> attempts) {

    /**
     * @param code the stable code
     * @param message what failed
     */
    public record Failure(ErrorCode code, String message) {}

    /**
     * @param number from 1
     * @param workerId the worker
     * @param startedAt when it was given to the worker
     * @param endedAt when it came back
     * @param outcome {@code completed}, {@code cancelled}, or the error code in capitals; absent while it runs
     * @param exact whether its tokens are bit for bit those of an uninterrupted run
     */
    public record Attempt(int number, String workerId, Instant startedAt, @Nullable Instant endedAt,
            @Nullable String outcome,
            boolean exact) {}
}
