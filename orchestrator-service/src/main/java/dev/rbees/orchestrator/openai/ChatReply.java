package dev.rbees.orchestrator.openai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.Logprobs;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;

/** The shapes of OpenAI's chat answers. */
final class ChatReply {

    private ChatReply() {}

    /** What is said, or a piece of it. */
    record Text(@Nullable String role, @Nullable String content) {}

    record Choice(int index, Text message, @Nullable Likelihoods logprobs, String finishReason) {}

    record Piece(int index, Text delta, @Nullable Likelihoods logprobs,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String finishReason) {}

    /** How likely the tokens were; null when that was not asked for. */
    record Likelihoods(List<Likelihood> content) {

        static @Nullable Likelihoods of(List<TaskEvent> events) {
            List<Likelihood> content = new ArrayList<>();
            for (TaskEvent event : events) {
                if (event instanceof TaskEvent.Token token && token.logprobs() != null) {
                    content.add(new Likelihood(token.t(), token.logprobs().logprob(), bytes(token.t()),
                            token.logprobs().top().stream().map(Alternative::of).toList()));
                }
            }
            return content.isEmpty() ? null : new Likelihoods(content);
        }
    }

    record Likelihood(String token, double logprob, List<Integer> bytes, List<Alternative> topLogprobs) {}

    record Alternative(String token, double logprob, List<Integer> bytes) {

        static Alternative of(Logprobs.Alternative other) {
            return new Alternative(other.t(), other.logprob(), ChatReply.bytes(other.t()));
        }
    }

    record Usage(int promptTokens, int completionTokens, int totalTokens, PromptDetails promptTokensDetails) {
        static Usage of(TaskEvent.End end) {
            return new Usage(end.tokensIn(), end.tokensOut(), end.tokensIn() + end.tokensOut(),
                    new PromptDetails(end.tokensCached() == null ? 0 : end.tokensCached()));
        }
    }

    /** Of the prompt's tokens, those that were not computed again. */
    record PromptDetails(int cachedTokens) {}

    /** The answer in one piece. */
    record Completion(String id, String object, long created, String model, List<Choice> choices, Usage usage) {}

    /** One piece of the answer. */
    record Chunk(String id, String object, long created, String model, List<Piece> choices, @Nullable Usage usage) {}

    private static List<Integer> bytes(String text) {
        List<Integer> bytes = new ArrayList<>();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(b & 0xFF);
        }
        return bytes;
    }

    static String finishReason(StopReason reason) {
        return switch (reason) {
            case MAX_TOKENS -> "length";
            case EOS, STOP_SEQUENCE -> "stop";
        };
    }
}
