package dev.rbees.worker.tokenizer;

import org.jspecify.annotations.Nullable;

/**
 * Byte pair encoding: a word's characters, merged pair by pair in the order of a list. In byte-level vocabularies the
 * characters are those of {@link ByteAlphabet}.
 */
final class BytePairModel implements TokenModel {

    private static final int DIRECT = 0x400;

    /**
     * What happens to words and characters as such.
     *
     * @param wholeWords whether a word that is a token becomes that token, whatever the merges say
     * @param bytes what characters without a token become, if not the unknown token
     * @param unknown the token for any other character, −1 when such characters are passed over
     * @param fuseUnknown whether neighbouring unknown characters become one token
     */
    record Rules(boolean wholeWords, @Nullable ByteTokens bytes, int unknown, boolean fuseUnknown) {}

    private final VocabularyIndex index;
    private final MergeTable merges;
    private final Rules rules;
    private final int[] direct = new int[DIRECT];

    BytePairModel(VocabularyIndex index, MergeTable merges, Rules rules) {
        this.index = index;
        this.merges = merges;
        this.rules = rules;
        for (char c = 0; c < DIRECT; c++) {
            direct[c] = index.find(String.valueOf(c));
        }
    }

    @Override
    public WordEncoder encoder() {
        return new Encoder();
    }

    private final class Encoder extends Merger implements WordEncoder {

        private final IntList symbols = new IntList();
        private int[] merging = {};

        @Override
        public void encode(String word, IntList ids) {
            int whole = rules.wholeWords() ? index.find(word) : VocabularyIndex.NONE;
            if (whole != VocabularyIndex.NONE) {
                ids.add(whole);
                return;
            }
            split(word);
            int count = symbols.size();
            if (count == 1) {
                ids.add(symbols.get(0));
            } else if (count > 1) {
                merging = symbols.toArray();
                run(count);
                for (int i = 0; i >= 0; i = after(i)) {
                    ids.add(merging[i]);
                }
            }
        }

        private void split(String word) {
            symbols.clear();
            boolean unknownBefore = false;
            for (int i = 0; i < word.length();) {
                int end = i + Character.charCount(word.codePointAt(i));
                int id = end - i == 1 && word.charAt(i) < DIRECT ? direct[word.charAt(i)] : index.find(word, i, end);
                boolean unknown = false;
                if (id != VocabularyIndex.NONE) {
                    symbols.add(id);
                } else if (rules.bytes() == null || !rules.bytes().append(word.substring(i, end), symbols)) {
                    unknown = rules.unknown() >= 0;
                    if (unknown && !(unknownBefore && rules.fuseUnknown())) {
                        symbols.add(rules.unknown());
                    }
                }
                unknownBefore = unknown;
                i = end;
            }
        }

        @Override
        int rank(int left, int right) {
            return merges.rank(merging[left], merging[right]);
        }

        @Override
        void join(int left, int right) {
            merging[left] = merges.merged(merging[left], merging[right]);
        }
    }
}
