package dev.rbees.orchestrator.openai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.Logprobs;
import dev.rbees.api.task.TaskEvent;

/**
 * The next message of a chat.
 *
 * @param head what all its parts have in common
 */
record ChatReply(Head head) implements Completion {

    private static final String ASSISTANT = "assistant";

    /** What is said, or a piece of it. */
    private record Text(@Nullable String role, @Nullable String content) {}

    private record Choice(int index, Text message, @Nullable Likelihoods logprobs, String finishReason) {}

    private record Piece(int index, Text delta, @Nullable Likelihoods logprobs,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String finishReason) {}

    /** The answer in one piece. */
    private record Whole(String id, String object, long created, String model, List<Choice> choices,
            Usage usage) {}

    /** One piece of the answer. */
    private record Chunk(String id, String object, long created, String model, List<Piece> choices,
            @Nullable Usage usage) {}

    /** How likely the tokens were; null when that was not asked for. */
    private record Likelihoods(List<Likelihood> content) {

        static @Nullable Likelihoods of(List<TaskEvent.Token> tokens) {
            List<Likelihood> content = new ArrayList<>();
            for (TaskEvent.Token token : tokens) {
                Logprobs logprobs = token.logprobs();
                if (logprobs != null) {
                    content.add(new Likelihood(token.t(), logprobs.logprob(), bytes(token.t()),
                            logprobs.top().stream().map(Alternative::of).toList()));
                }
            }
            return content.isEmpty() ? null : new Likelihoods(content);
        }
    }

    private record Likelihood(String token, double logprob, List<Integer> bytes, List<Alternative> topLogprobs) {}

    private record Alternative(String token, double logprob, List<Integer> bytes) {

        static Alternative of(Logprobs.Alternative other) {
            return new Alternative(other.t(), other.logprob(), ChatReply.bytes(other.t()));
        }
    }

    private static List<Integer> bytes(String text) {
        List<Integer> bytes = new ArrayList<>();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(b & 0xFF);
        }
        return bytes;
    }

    private String id() {
        return "chatcmpl-" + head.jobId();
    }

    @Override
    public Object whole(List<TaskEvent.Token> tokens, TaskEvent.End end) {
        Choice choice = new Choice(0, new Text(ASSISTANT, Completion.text(tokens)),
                Likelihoods.of(tokens),
                Completion.finishReason(end.stopReason()));
        return new Whole(id(), "chat.completion", head.created(), head.model(), List.of(choice), Usage.of(end));
    }

    @Override
    public String opening() {
        return frame(List.of(new Piece(0, new Text(ASSISTANT, ""), null, null)), null);
    }

    @Override
    public String token(TaskEvent.Token token) {
        return frame(List.of(new Piece(0, new Text(null, token.t()), Likelihoods.of(List.of(token)), null)), null);
    }

    @Override
    public String ending(TaskEvent.End end, boolean includeUsage) {
        Piece last = new Piece(0, new Text(null, null), null, Completion.finishReason(end.stopReason()));
        return frame(List.of(last), null) + (includeUsage ? frame(List.of(), Usage.of(end)) : "");
    }

    private String frame(List<Piece> pieces, @Nullable Usage usage) {
        return Completion.data(Json.write(new Chunk(id(), "chat.completion.chunk", head.created(), head.model(), pieces,
                usage)));
    }
}
