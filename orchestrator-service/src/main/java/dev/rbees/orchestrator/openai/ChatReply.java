package dev.rbees.orchestrator.openai;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;

/** The shapes of OpenAI's chat answers. */
final class ChatReply {

    private ChatReply() {}

    /** What is said, or a piece of it. */
    record Text(@Nullable String role, @Nullable String content) {}

    record Choice(int index, Text message, String finishReason) {}

    record Piece(int index, Text delta, @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String finishReason) {}

    record Usage(int promptTokens, int completionTokens, int totalTokens) {
        static Usage of(TaskEvent.End end) {
            return new Usage(end.tokensIn(), end.tokensOut(), end.tokensIn() + end.tokensOut());
        }
    }

    /** The answer in one piece. */
    record Completion(String id, String object, long created, String model, List<Choice> choices, Usage usage) {}

    /** One piece of the answer. */
    record Chunk(String id, String object, long created, String model, List<Piece> choices, @Nullable Usage usage) {}

    static String finishReason(StopReason reason) {
        return switch (reason) {
            case MAX_TOKENS -> "length";
            case EOS, STOP_SEQUENCE -> "stop";
        };
    }
}
