package dev.rbees.worker.tokenizer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * SentencePiece's byte pair encoding: neighbours merge when what they become is a token, the token of the highest score
 * first. What is no token in the end is written as bytes, or as the unknown token.
 */
final class ScoreMergeModel implements TokenModel {

    private final VocabularyIndex index;
    private final int[] ranks;
    private final ByteTokens bytes;
    private final int unknown;

    /** @param unknown −1 for none */
    ScoreMergeModel(VocabularyIndex index, double[] scores, ByteTokens bytes, int unknown) {
        this.index = index;
        this.bytes = bytes;
        this.unknown = unknown;
        this.ranks = ranks(scores);
    }

    /** The highest score has rank 0; equal scores have equal ranks. */
    private static int[] ranks(double[] scores) {
        int[] order = IntStream.range(0, scores.length).boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> scores[id]).reversed()).mapToInt(Integer::intValue)
                .toArray();
        int[] ranks = new int[scores.length];
        for (int i = 1; i < order.length; i++) {
            boolean equal = Double.compare(scores[order[i]], scores[order[i - 1]]) == 0;
            ranks[order[i]] = ranks[order[i - 1]] + (equal ? 0 : 1);
        }
        return ranks;
    }

    @Override
    public WordEncoder encoder() {
        return new Encoder();
    }

    private final class Encoder extends Merger implements WordEncoder {

        private String text = "";
        /** Where each symbol begins and ends in the text. */
        private int[] begins = {};
        private int[] ends = {};

        @Override
        public void encode(String word, IntList ids) {
            text = word;
            run(characters());
            boolean unknownBefore = false;
            for (int i = 0; i >= 0; i = after(i)) {
                int id = index.find(text, begins[i], ends[i]);
                boolean isUnknown = false;
                if (id != VocabularyIndex.NONE) {
                    ids.add(id);
                } else if (!bytes.append(text.substring(begins[i], ends[i]), ids) && unknown >= 0) {
                    isUnknown = true;
                    if (!unknownBefore) {
                        ids.add(unknown);
                    }
                }
                unknownBefore = isUnknown;
            }
            text = "";
        }

        private int characters() {
            if (begins.length < text.length()) {
                begins = new int[text.length()];
                ends = new int[text.length()];
            }
            int count = 0;
            for (int i = 0; i < text.length(); count++) {
                begins[count] = i;
                i += Character.charCount(text.codePointAt(i));
                ends[count] = i;
            }
            return count;
        }

        @Override
        int rank(int left, int right) {
            int id = index.find(text, begins[left], ends[right]);
            return id == VocabularyIndex.NONE ? NEVER : ranks[id];
        }

        @Override
        void join(int left, int right) {
            ends[left] = ends[right];
        }
    }

    @Override
    public String toString() {
        return "ScoreMergeModel[" + Arrays.stream(ranks).max().orElse(-1) + " ranks]";
    }
}
