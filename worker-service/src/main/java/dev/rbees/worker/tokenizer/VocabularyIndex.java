package dev.rbees.worker.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/**
 * Which id a text has: a hash table over a vocabulary that is asked about stretches of a text and allocates nothing for
 * an answer. Of equal tokens the first counts.
 */
final class VocabularyIndex {

    static final int NONE = -1;
    /** The longest token, in UTF-16 units. */
    static final int MAX_TOKEN = 4096;

    private static final long HASH = 0x5851F42D4C957F2DL;

    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final String[] tokens;
    private final int[] ids;
    private final long[] hashes;
    private final int mask;
    /** why: a search stops early where no token with that first unit is longer. */
    private final short[] longest = new short[1 << Character.SIZE];

    /** @throws RbeesException MODEL_LOAD_FAILED when a token is longer than any real one */
    VocabularyIndex(List<String> vocabulary, IntPredicate wanted) {
        tokens = vocabulary.toArray(String[]::new);
        int capacity = Integer.highestOneBit(Math.max(16, tokens.length)) * 4;
        mask = capacity - 1;
        ids = new int[capacity];
        hashes = new long[capacity];
        Arrays.fill(ids, NONE);
        for (int id = 0; id < tokens.length; id++) {
            if (!tokens[id].isEmpty() && wanted.test(id)) {
                add(id, tokens[id]);
            }
        }
    }

    private void add(int id, String token) {
        if (token.length() > MAX_TOKEN) {
            throw ModelFault.of("the tokenizer's token " + id + " is " + token.length()
                    + " characters long, more than " + MAX_TOKEN + "; the model's files are damaged");
        }
        long hash = hash(token, 0, token.length());
        int slot = slot(hash, token, 0, token.length());
        if (ids[slot] == NONE) {
            ids[slot] = id;
            hashes[slot] = hash;
            char first = token.charAt(0);
            longest[first] = (short) Math.max(longest[first], token.length());
        }
    }

    /** The id of {@code text[from, to)}, {@link #NONE} when it is no token. */
    int find(String text, int from, int to) {
        return to <= from || to - from > longest[text.charAt(from)] ? NONE : ids[slot(hash(text, from, to), text, from, to)];
    }

    int find(String text) {
        return find(text, 0, text.length());
    }

    /** The id of the longest token with which {@code text[from, to)} begins, {@link #NONE} when there is none. */
    int longestAt(String text, int from, int to) {
        int[] best = {NONE};
        prefixes(text, from, to, (id, _) -> best[0] = id);
        return best[0];
    }

    /** What is told of each token with which a stretch begins. */
    interface Prefixes {
        /**
         * @param id of the token
         * @param end where it ends in the text
         */
        void accept(int id, int end);
    }

    /** Tells of all tokens with which {@code text[from, to)} begins, the shortest first. */
    void prefixes(String text, int from, int to, Prefixes found) {
        int end = Math.min(to, from + longest[text.charAt(from)]);
        long hash = 0;
        for (int i = from; i < end; i++) {
            hash = hash * HASH + text.charAt(i) + 1;
            int id = ids[slot(hash, text, from, i + 1)];
            if (id != NONE) {
                found.accept(id, i + 1);
            }
        }
    }

    /** Tokens that begin with this UTF-16 unit have at most so many. */
    int longest(char first) {
        return longest[first];
    }

    int length(int id) {
        return tokens[id].length();
    }

    private int slot(long hash, String text, int from, int to) {
        int slot = (int) ((hash * SPREAD) >>> 32) & mask; // why: short tokens have small hashes
        while (ids[slot] != NONE && (hashes[slot] != hash || !equal(tokens[ids[slot]], text, from, to))) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static boolean equal(String token, String text, int from, int to) {
        return token.length() == to - from && text.startsWith(token, from);
    }

    private static long hash(String text, int from, int to) {
        long hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * HASH + text.charAt(i) + 1;
        }
        return hash;
    }
}
