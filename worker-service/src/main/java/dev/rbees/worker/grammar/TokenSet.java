package dev.rbees.worker.grammar;

import java.util.Arrays;

/**
 * The tokens that can follow.
 *
 * @param bits one bit per id of the vocabulary; never changed once it is shared
 * @param isEmpty whether no token can
 */
@SuppressWarnings("ArrayRecordComponent") // why: read for every token; never compared
record TokenSet(long[] bits, boolean isEmpty) {

    static TokenSet of(long[] bits) {
        return new TokenSet(bits, Arrays.stream(bits).allMatch(word -> word == 0));
    }

    boolean contains(int token) {
        return (bits[token >> 6] >>> token & 1) != 0;
    }

    /** Sets the scores of all other tokens to −∞. Ids behind the vocabulary's are others. */
    void keepOnly(float[] logits) {
        int words = Math.min(bits.length, (logits.length + 63) >> 6);
        for (int word = 0; word < words; word++) {
            long allowed = bits[word];
            int from = word << 6;
            int to = Math.min(from + 64, logits.length);
            if (allowed == 0) {
                Arrays.fill(logits, from, to, Float.NEGATIVE_INFINITY);
            } else if (allowed != -1) {
                for (int id = from; id < to; id++) {
                    if ((allowed >>> id & 1) == 0) {
                        logits[id] = Float.NEGATIVE_INFINITY;
                    }
                }
            }
        }
        if (logits.length > words << 6) {
            Arrays.fill(logits, words << 6, logits.length, Float.NEGATIVE_INFINITY);
        }
    }
}
