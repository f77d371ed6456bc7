package dev.rbees.orchestrator.dispatch;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.Seed;
import dev.rbees.api.worker.GenerationRequest;

/**
 * What a worker may say in one attempt: the order as it is held against the answer. Holds nothing of the prompt.
 *
 * @param jobId the id that the worker was given
 * @param firstIndex index of the first token that is expected
 * @param endIndex index that no token may have: all tokens are below it
 * @param vocabularySize ids of tokens are below it; {@link Integer#MAX_VALUE} when it is not known
 * @param maxTokensIn the most tokens that the rendered prompt can have
 * @param logprobs the most alternatives that a token may come with; null when likelihoods were not asked for
 * @param stops texts that may end the answer
 * @param seed of the answer; null when the worker draws it
 */
record AttemptLimits(String jobId, int firstIndex, int endIndex, int vocabularySize, int maxTokensIn,
        @Nullable Integer logprobs, List<String> stops, @Nullable Seed seed) {

    /** why: what a template adds to each message and to the whole, a system prompt of its own included. */
    private static final int MARGIN_PER_TEXT = 64;
    private static final int MARGIN = 1024;

    AttemptLimits {
        stops = List.copyOf(stops);
    }

    /**
     * @param contextLength positions that a slot of the worker holds
     * @param vocabularySize of the worker's model; null when it is not known
     */
    static AttemptLimits of(GenerationRequest request, int contextLength, @Nullable Integer vocabularySize) {
        SamplingParameters sampling = request.sampling();
        Integer wanted = sampling.maxTokens();
        return new AttemptLimits(request.jobId(), request.resumed().size(),
                wanted == null ? contextLength : Math.min(wanted, contextLength),
                vocabularySize == null ? Integer.MAX_VALUE : vocabularySize, maxTokens(request.prompt(), contextLength),
                sampling.logprobs(), sampling.stop(), sampling.seed());
    }

    /** why: no token stands for less than a byte of the prompt, but for those that the template adds. */
    private static int maxTokens(Prompt prompt, int contextLength) {
        return (int) Math.min(contextLength, mostTokens(prompt));
    }

    /** The most tokens that a prompt can have, whatever the tokenizer. */
    static long mostTokens(Prompt prompt) {
        return prompt.bytes() + (long) MARGIN_PER_TEXT * prompt.texts().size() + MARGIN;
    }

    /** How many tokens may come. */
    int tokens() {
        return Math.max(0, endIndex - firstIndex);
    }
}
