package dev.rbees.worker.generation;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.StopReason;
import dev.rbees.worker.grammar.Constraint;

/**
 * Adds the next token to one answer: sampling, the form that was asked for, stop texts. It touches nothing but that one sequence, so
 * that what fails in here harms no other. On the batch thread.
 */
final class TokenChoice {

    private final LoadedModel model;

    TokenChoice(LoadedModel model) {
        this.model = model;
    }

    /**
     * Adds the next token.
     *
     * @param scores of all tokens; changed by this call
     * @return why the answer ends with it; null when it goes on
     * @throws RuntimeException anything: sampling, the form or the reader failed
     */
    @Nullable
    StopReason next(Generation generation, float[] scores) {
        int index = generation.answer.tokensOut();
        if (generation.resumes(index)) {
            int token = generation.resumed[index];
            generation.follow(token);
            generation.sampler.see(token);
            generation.answer.replay(token);
        } else if (!draw(generation, scores, index)) {
            return StopReason.EOS;
        }
        if (generation.answer.matchedStop().isPresent()) {
            return StopReason.STOP_SEQUENCE;
        }
        return generation.answer.tokensOut() >= generation.limit ? StopReason.MAX_TOKENS : null;
    }

    /** Chooses the token at this index by its scores; gives whether the answer goes on. */
    private boolean draw(Generation generation, float[] scores, int index) {
        // why: embeddings may be padded with rows that are no token
        Arrays.fill(scores, model.tokenizer().vocabularySize(), scores.length, Float.NEGATIVE_INFINITY);
        LogprobsReport report = generation.logprobs;
        if (report != null) {
            report.note(scores);
        }
        Constraint constraint = generation.constraint;
        if (constraint != null) {
            constraint.mask(scores);
        }
        int token = generation.sampler.next(scores, index);
        // why: behind a whole value of the wanted form nothing may come, whatever was asked for
        if (model.endIds().contains(token) && (constraint != null || !generation.ignoreEos)) {
            return false;
        }
        generation.sampler.see(token);
        generation.answer.token(token, report == null ? null : report.of(token), System.nanoTime());
        generation.follow(token);
        if (constraint != null) {
            constraint.accept(token);
            return !constraint.exhausted();
        }
        return true;
    }
}
