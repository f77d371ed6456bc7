package dev.rbees.orchestrator.openai;

import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;

/** How an answer is shown to OpenAI's clients: as one piece, or as a stream of frames. */
interface Completion {

    /**
     * What all parts of an answer have in common.
     *
     * @param jobId of the task that it comes from
     * @param created seconds since 1970
     * @param model id of the model
     */
    record Head(String jobId, long created, String model) {}

    /** What it cost. */
    record Usage(int promptTokens, int completionTokens, int totalTokens, PromptDetails promptTokensDetails) {
        static Usage of(TaskEvent.End end) {
            return new Usage(end.tokensIn(), end.tokensOut(), end.tokensIn() + end.tokensOut(),
                    new PromptDetails(end.tokensCached() == null ? 0 : end.tokensCached()));
        }
    }

    /** Of the prompt's tokens, those that were not computed again. */
    record PromptDetails(int cachedTokens) {}

    /** The whole answer, to be written as JSON. */
    Object whole(List<TaskEvent.Token> tokens, TaskEvent.End end);

    /** The frame that opens a stream; perhaps empty. */
    String opening();

    /** The frame of a token. */
    String token(TaskEvent.Token token);

    /** The frames with which an answer ends, but for the last one. */
    String ending(TaskEvent.End end, boolean includeUsage);

    /** The frames that an event becomes; most events that are no text become none. */
    default String frames(TaskEvent event, boolean includeUsage) {
        return switch (event) {
            case TaskEvent.Token token when !token.t().isEmpty() || token.logprobs() != null -> token(token);
            case TaskEvent.End end -> ending(end, includeUsage) + data("[DONE]");
            case TaskEvent.Failed failed -> failure(failed.code(), failed.message());
            default -> "";
        };
    }

    /** The frame with which a stream ends that was not brought to its end. */
    static String failure(ErrorCode code, String message) {
        return data(Json.write(OpenAiError.of(code, message, null)));
    }

    static String data(String json) {
        return "data: " + json + "\n\n";
    }

    static String text(List<TaskEvent.Token> tokens) {
        StringBuilder text = new StringBuilder();
        tokens.forEach(token -> text.append(token.t()));
        return text.toString();
    }

    static String finishReason(StopReason reason) {
        return switch (reason) {
            case MAX_TOKENS -> "length";
            case EOS, STOP_SEQUENCE -> "stop";
        };
    }
}
