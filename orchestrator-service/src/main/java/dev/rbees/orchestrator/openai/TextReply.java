package dev.rbees.orchestrator.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.Logprobs;
import dev.rbees.api.task.TaskEvent;

/**
 * What goes on behind a text.
 *
 * @param head what all its parts have in common
 */
record TextReply(Head head) implements Completion {

    /** A piece of the answer, or all of it. */
    private record Choice(int index, String text,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Likelihoods logprobs,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String finishReason) {}

    /** The answer, or a chunk of it: both have the same form. */
    private record Body(String id, String object, long created, String model, List<Choice> choices,
            @Nullable Usage usage) {}

    /** How likely the tokens were, each list with one entry for each token; null when that was not asked for. */
    private record Likelihoods(List<String> tokens, List<Double> tokenLogprobs, List<Map<String, Double>> topLogprobs,
            List<Integer> textOffset) {

        static @Nullable Likelihoods of(List<TaskEvent.Token> tokens) {
            Likelihoods all = new Likelihoods(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            int offset = 0;
            for (TaskEvent.Token token : tokens) {
                Logprobs logprobs = token.logprobs();
                if (logprobs != null) {
                    all.tokens.add(token.t());
                    all.tokenLogprobs.add(logprobs.logprob());
                    Map<String, Double> top = new LinkedHashMap<>();
                    logprobs.top().forEach(other -> top.putIfAbsent(other.t(), other.logprob()));
                    all.topLogprobs.add(top);
                    all.textOffset.add(offset);
                }
                offset += token.t().length();
            }
            return all.tokens.isEmpty() ? null : all;
        }
    }

    @Override
    public Object whole(List<TaskEvent.Token> tokens, TaskEvent.End end) {
        Choice choice = new Choice(0, Completion.text(tokens), Likelihoods.of(tokens),
                Completion.finishReason(end.stopReason()));
        return body(List.of(choice), Usage.of(end));
    }

    @Override
    public String opening() {
        return "";
    }

    @Override
    public String token(TaskEvent.Token token) {
        return frame(List.of(new Choice(0, token.t(), Likelihoods.of(List.of(token)), null)), null);
    }

    @Override
    public String ending(TaskEvent.End end, boolean includeUsage) {
        Choice last = new Choice(0, "", null, Completion.finishReason(end.stopReason()));
        return frame(List.of(last), null) + (includeUsage ? frame(List.of(), Usage.of(end)) : "");
    }

    private String frame(List<Choice> choices, @Nullable Usage usage) {
        return Completion.data(Json.write(body(choices, usage)));
    }

    private Body body(List<Choice> choices, @Nullable Usage usage) {
        return new Body("cmpl-" + head.jobId(), "text_completion", head.created(), head.model(), choices, usage);
    }
}
