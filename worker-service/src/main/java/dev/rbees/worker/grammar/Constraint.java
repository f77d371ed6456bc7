package dev.rbees.worker.grammar;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Keeps one answer to its grammar. Before each token the scores are masked, after it the token is accepted. The text of all
 * accepted tokens is always the beginning of a valid value. One thread at a time.
 */
public final class Constraint {

    private final TokenTrie trie;
    private final Masks masks;
    private final float[] endScores;
    private Position position;
    private TokenSet following;
    private boolean ended;

    Constraint(Grammar grammar, TokenTrie trie, Masks masks) {
        this.trie = trie;
        this.masks = masks;
        this.endScores = new float[trie.ends().length];
        this.position = grammar.start();
        this.following = masks.following(position);
    }

    /**
     * Sets the scores of all tokens that cannot follow to −∞. Tokens that end an answer can follow exactly when it is
     * {@link #complete}.
     *
     * @param logits one score per id of the vocabulary; where there are more, the others are set to −∞
     * @throws RbeesException INFERENCE_FAILED when the vocabulary has no token that can follow
     */
    public void mask(float[] logits) {
        boolean complete = complete();
        if (following.isEmpty() && !complete) {
            throw new RbeesException(ErrorCode.INFERENCE_FAILED,
                    "the model's vocabulary has no token to go on with in the wanted format");
        }
        int[] ends = trie.ends();
        for (int i = 0; i < ends.length; i++) {
            endScores[i] = logits[ends[i]];
        }
        following.keepOnly(logits);
        if (complete) {
            for (int i = 0; i < ends.length; i++) {
                logits[ends[i]] = endScores[i];
            }
        }
    }

    /** Whether a token can follow. */
    public boolean allows(int token) {
        if (ended || token < 0 || token >= trie.vocabulary()) {
            return false;
        }
        return trie.isEnd(token) ? complete() : following.contains(token);
    }

    /**
     * Goes on behind a token.
     *
     * @throws IllegalArgumentException when it cannot follow
     */
    public void accept(int token) {
        if (!allows(token)) {
            throw new IllegalArgumentException("token " + token + " cannot follow in the wanted format");
        }
        if (trie.isEnd(token)) {
            ended = true;
            return;
        }
        for (byte octet : trie.bytes(token)) {
            position = position.after(octet & 0xFF);
        }
        following = masks.following(position);
    }

    /** Whether the accepted tokens are a whole value. */
    public boolean complete() {
        return position.complete();
    }

    /** Whether nothing but the end can follow: the caller may end the answer without asking the model. */
    public boolean exhausted() {
        return ended || (complete() && following.isEmpty());
    }
}
