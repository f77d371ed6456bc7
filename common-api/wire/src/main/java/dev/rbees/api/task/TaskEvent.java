package dev.rbees.api.task;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;

/**
 * What happens to a task, in order: {@code queued* → started → token* (metrics interleaved) → end | error}. A worker says
 * all but {@code queued}. On the wire the SSE event name and the field {@code type} both carry {@link #type()}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.PROPERTY, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TaskEvent.Queued.class, name = "queued"),
    @JsonSubTypes.Type(value = TaskEvent.Started.class, name = "started"),
    @JsonSubTypes.Type(value = TaskEvent.Token.class, name = "token"),
    @JsonSubTypes.Type(value = TaskEvent.Metrics.class, name = "metrics"),
    @JsonSubTypes.Type(value = TaskEvent.End.class, name = "end"),
    @JsonSubTypes.Type(value = TaskEvent.Failed.class, name = "error")})
public sealed interface TaskEvent {

    /**
     * The task waits.
     *
     * @param jobId the task
     * @param queuePosition 1 is next
     * @param predictedStartMs when it will probably begin, from now; null while nothing is known of that
     * @param waitingFor for what, when no worker has its model; null when one has, or nothing is known of that
     */
    record Queued(String jobId, int queuePosition, @Nullable Long predictedStartMs, @Nullable WaitingFor waitingFor)
            implements
                TaskEvent {

        /** It waits for its turn. */
        public Queued(String jobId, int queuePosition, @Nullable Long predictedStartMs) {
            this(jobId, queuePosition, predictedStartMs, null);
        }
    }

    /**
     * A worker began. There is one such event in a stream.
     *
     * @param jobId the task
     * @param model id of the model
     * @param startedAt when the worker took it
     * @param seed the seed in use, also when the client gave none
     * @param workerId added by the orchestrator
     * @param queueWaitMs added by the orchestrator: how long the task waited
     */
    record Started(String jobId, String model, Instant startedAt, Seed seed, @Nullable String workerId,
            @Nullable Long queueWaitMs) implements TaskEvent {}

    /**
     * A token was made.
     *
     * @param t the text that can be shown now; empty while a character or a possible stop string is incomplete
     * @param i index in the answer, from 0 without gaps
     * @param id id in the model's vocabulary
     * @param logprobs how likely it was, when that was asked for
     */
    record Token(String t, int i, int id, @Nullable Logprobs logprobs) implements TaskEvent {

        /** A token whose likelihood nobody asked for. */
        public Token(String t, int i, int id) {
            this(t, i, id, null);
        }
    }

    /**
     * How it goes, every 250 to 1000 ms.
     *
     * @param jobId the task
     * @param tokensOut tokens made so far
     * @param decodeTimeMs time since the first token
     * @param tokensPerSec rate since the first token
     * @param vramBytes memory that the model and its KV cache hold on the device
     */
    record Metrics(String jobId, int tokensOut, long decodeTimeMs, double tokensPerSec, long vramBytes)
            implements
                TaskEvent {}

    /**
     * The answer is complete.
     *
     * @param tokensIn tokens of the rendered prompt
     * @param tokensCached of these, tokens that the worker had not to compute again; null when it does not say
     * @param tokensOut tokens of the answer, without the end token
     * @param decodeTimeMs time from the first token to the last
     * @param stopReason why it ended
     * @param stopSequenceMatched the stop text, when that was the reason
     */
    record End(int tokensIn, @Nullable Integer tokensCached, int tokensOut, long decodeTimeMs, StopReason stopReason,
            @Nullable String stopSequenceMatched)
            implements
                TaskEvent {}

    /**
     * The task ended with an error. On the wire: {@code error}.
     *
     * @param code the stable code
     * @param message what failed and what to do
     */
    record Failed(ErrorCode code, String message) implements TaskEvent {}

    /** The name on the wire. */
    default String type() {
        return switch (this) {
            case Queued _ -> "queued";
            case Started _ -> "started";
            case Token _ -> "token";
            case Metrics _ -> "metrics";
            case End _ -> "end";
            case Failed _ -> "error";
        };
    }

    /** Whether nothing follows. */
    default boolean terminal() {
        return this instanceof End || this instanceof Failed;
    }

    /** One line of JSON. */
    default String toJson() {
        return TaskEventJson.write(this);
    }

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when it is none of them */
    static TaskEvent parse(String json) {
        return TaskEventJson.read(json);
    }

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when it is none of them */
    static TaskEvent parse(byte[] json) {
        return TaskEventJson.read(json);
    }
}
