package dev.rbees.worker.tokenizer;

/** WordPiece, as BERT has it: again and again the longest token with which the rest of the word begins. */
final class WordPieceModel implements TokenModel {

    /**
     * How the vocabulary tells the beginning of a word from its rest.
     *
     * @param first written before the first token of a word
     * @param following written before all others
     * @param unknown what a word becomes that cannot be written with tokens, −1 for nothing
     * @param maxCharacters longer words are unknown
     */
    record Rules(String first, String following, int unknown, int maxCharacters) {}

    private final VocabularyIndex index;
    private final Rules rules;

    WordPieceModel(VocabularyIndex index, Rules rules) {
        this.index = index;
        this.rules = rules;
    }

    @Override
    public WordEncoder encoder() {
        return this::encode;
    }

    private void encode(String word, IntList ids) {
        IntList pieces = new IntList();
        if (word.codePointCount(0, word.length()) > rules.maxCharacters() || !split(word, pieces)) {
            if (rules.unknown() >= 0) {
                ids.add(rules.unknown());
            }
            return;
        }
        ids.addAll(pieces.toArray());
    }

    private boolean split(String word, IntList pieces) {
        for (int i = 0; i < word.length();) {
            String mark = i == 0 ? rules.first() : rules.following();
            int length = i;
            if (mark.isEmpty()) {
                int id = index.longestAt(word, i, word.length());
                i = take(id, 0, i, pieces);
            } else {
                // why: cut, so that a long word is not copied again and again
                int end = Math.min(word.length(), i + index.longest(mark.charAt(0)));
                String rest = mark + word.substring(i, end);
                i = take(index.longestAt(rest, 0, rest.length()), mark.length(), i, pieces);
            }
            if (i == length) {
                return false;
            }
        }
        return true;
    }

    /** Where the word goes on; where it was when there is no such token, or one that is nothing but the mark. */
    private int take(int id, int markLength, int from, IntList pieces) {
        if (id == VocabularyIndex.NONE || index.length(id) <= markLength) {
            return from;
        }
        pieces.add(id);
        return from + index.length(id) - markLength;
    }
}
