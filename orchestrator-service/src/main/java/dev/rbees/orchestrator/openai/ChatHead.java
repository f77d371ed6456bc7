package dev.rbees.orchestrator.openai;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.TaskEvent;

/**
 * What all parts of one chat answer have in common.
 *
 * @param id of the answer
 * @param created seconds since 1970
 * @param model id of the model
 */
record ChatHead(String id, long created, String model) {

    private static final String ASSISTANT = "assistant";

    static ChatHead of(String jobId, long created, String model) {
        return new ChatHead("chatcmpl-" + jobId, created, model);
    }

    /** The whole answer. */
    ChatReply.Completion completion(String text, ChatReply.@Nullable Likelihoods logprobs, TaskEvent.End end) {
        return new ChatReply.Completion(id, "chat.completion", created, model,
                List.of(new ChatReply.Choice(0, new ChatReply.Text(ASSISTANT, text), logprobs,
                        ChatReply.finishReason(end.stopReason()))),
                ChatReply.Usage.of(end));
    }

    /** The frame that opens a stream. */
    String opening() {
        return frame(List.of(new ChatReply.Piece(0, new ChatReply.Text(ASSISTANT, ""), null, null)), null);
    }

    /** The frames that an event becomes; most events that are no text become none. */
    String frames(TaskEvent event, boolean includeUsage) {
        return switch (event) {
            case TaskEvent.Token token when !token.t().isEmpty() || token.logprobs() != null ->
                frame(List.of(new ChatReply.Piece(0, new ChatReply.Text(null, token.t()),
                        ChatReply.Likelihoods.of(List.of(token)), null)), null);
            case TaskEvent.End end -> closing(end, includeUsage);
            case TaskEvent.Failed failure -> data(Json.write(OpenAiError.of(failure.code(), failure.message(), null)));
            default -> "";
        };
    }

    private String closing(TaskEvent.End end, boolean includeUsage) {
        ChatReply.Piece last = new ChatReply.Piece(0, new ChatReply.Text(null, null), null,
                ChatReply.finishReason(end.stopReason()));
        return frame(List.of(last), null) + (includeUsage ? frame(List.of(), ChatReply.Usage.of(end)) : "") + data("[DONE]");
    }

    private String frame(List<ChatReply.Piece> pieces, ChatReply.@Nullable Usage usage) {
        return data(Json.write(new ChatReply.Chunk(id, "chat.completion.chunk", created, model, pieces, usage)));
    }

    private static String data(String json) {
        return "data: " + json + "\n\n";
    }
}
