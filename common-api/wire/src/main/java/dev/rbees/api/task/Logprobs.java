package dev.rbees.api.task;

import java.util.List;

/**
 * How likely the model found a token, before temperature, penalties and the like.
 *
 * @param logprob natural logarithm of its probability
 * @param top the most likely tokens at its place, best first
 */
public record Logprobs(double logprob, List<Alternative> top) {

    /**
     * A token that could have come.
     *
     * @param id in the model's vocabulary
     * @param t its text by itself; what is no UTF-8 by itself is U+FFFD
     * @param logprob natural logarithm of its probability
     */
    public record Alternative(int id, String t, double logprob) {}

    public Logprobs {
        top = List.copyOf(top);
    }
}
