package dev.rbees.worker.tokenizer;

import java.util.Arrays;
import java.util.function.IntPredicate;

import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's unigram model: of all ways to write a word as tokens the one with the highest sum of scores, found by
 * dynamic programming from left to right.
 */
final class UnigramModel implements TokenModel {

    /** How much worse than the worst token a character without a token is. */
    private static final double UNKNOWN_PENALTY = 10;

    private final VocabularyIndex index;
    private final double[] scores;
    private final int unknown;
    private final double unknownScore;
    private final @Nullable ByteTokens bytes;

    /**
     * @param ordinary the tokens whose scores say how bad the worst token is
     * @param unknown the token for characters without one, −1 when they are passed over
     * @param bytes what such characters become instead, if there is such a thing
     */
    UnigramModel(VocabularyIndex index, double[] scores, IntPredicate ordinary, int unknown, @Nullable ByteTokens bytes) {
        this.index = index;
        this.scores = scores;
        this.unknown = unknown;
        this.bytes = bytes;
        double worst = Double.POSITIVE_INFINITY;
        for (int id = 0; id < scores.length; id++) {
            worst = ordinary.test(id) ? Math.min(worst, scores[id]) : worst;
        }
        unknownScore = (Double.isInfinite(worst) ? 0 : worst) - UNKNOWN_PENALTY;
    }

    @Override
    public WordEncoder encoder() {
        return new Encoder();
    }

    private final class Encoder implements WordEncoder, VocabularyIndex.Prefixes {

        private static final int UNKNOWN = -2;

        /** For each end in the word: the best sum of scores up to it, the last token of that way, and where it begins. */
        private double[] sums = {};
        private int[] tokens = {};
        private int[] begins = {};
        private int begin;
        private int characterEnd;
        private boolean hasCharacter;

        @Override
        public void encode(String word, IntList ids) {
            forward(word);
            // from the last token to the first, then the other way round
            IntList path = new IntList();
            for (int end = word.length(); end > 0; end = begins[end]) {
                path.add(end);
            }
            int unknownFrom = -1;
            for (int i = path.size() - 1; i >= 0; i--) {
                int end = path.get(i);
                boolean known = tokens[end] != UNKNOWN && tokens[end] != unknown;
                if (known) {
                    unknownFrom = flush(word, unknownFrom, begins[end], ids);
                    ids.add(tokens[end]);
                } else if (unknownFrom < 0) {
                    unknownFrom = begins[end];
                }
            }
            flush(word, unknownFrom, word.length(), ids);
        }

        /** Neighbouring characters without a token are one unknown token, or the bytes of all. */
        private int flush(String word, int from, int to, IntList ids) {
            int named = from < 0 ? VocabularyIndex.NONE : index.find(word, from, to);
            if (named != VocabularyIndex.NONE) {
                ids.add(named); // the name of the unknown token itself
            } else if (from >= 0 && (bytes == null || !bytes.append(word.substring(from, to), ids)) && unknown >= 0) {
                ids.add(unknown);
            }
            return -1;
        }

        private void forward(String word) {
            int length = word.length();
            if (sums.length <= length) {
                sums = new double[length + 1];
                tokens = new int[length + 1];
                begins = new int[length + 1];
            }
            Arrays.fill(tokens, 0, length + 1, VocabularyIndex.NONE);
            sums[0] = 0;
            for (begin = 0; begin < length; begin = characterEnd) {
                characterEnd = begin + Character.charCount(word.codePointAt(begin));
                hasCharacter = false;
                index.prefixes(word, begin, length, this);
                if (!hasCharacter) {
                    offer(UNKNOWN, characterEnd, unknownScore);
                }
            }
        }

        @Override
        public void accept(int id, int end) {
            hasCharacter |= end == characterEnd;
            offer(id, end, scores[id]);
        }

        private void offer(int id, int end, double score) {
            double sum = sums[begin] + score;
            if (tokens[end] == VocabularyIndex.NONE || sum > sums[end]) {
                sums[end] = sum;
                tokens[end] = id;
                begins[end] = begin;
            }
        }
    }
}
