package dev.rbees.worker.tokenizer;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Finds added tokens in a text: the leftmost first, of several there the longest. */
final class AddedTokens {

    private final List<AddedToken> tokens;
    private final VocabularyIndex all;
    private final VocabularyIndex ordinary;

    AddedTokens(List<AddedToken> tokens) {
        this.tokens = List.copyOf(tokens);
        List<String> texts = this.tokens.stream().map(AddedToken::text).toList();
        all = new VocabularyIndex(texts, _ -> true);
        ordinary = new VocabularyIndex(texts, i -> !this.tokens.get(i).special());
    }

    /**
     * Hands the stretches between tokens to {@code plain} and the tokens to {@code found}, in order.
     *
     * @param special whether special tokens are looked for as well
     */
    void split(Piece piece, boolean special, Consumer<Piece> plain, IntConsumer found) {
        VocabularyIndex index = special ? all : ordinary;
        String text = piece.text();
        int start = 0;
        for (int i = 0; i < text.length();) {
            int at = index.longest(text.charAt(i)) == 0 ? VocabularyIndex.NONE : index.longestAt(text, i, text.length());
            if (at == VocabularyIndex.NONE) {
                i++;
                continue;
            }
            AddedToken token = tokens.get(at);
            int end = i + token.text().length();
            if (token.singleWord() && touched(text, i, end)) {
                i = end;
                continue;
            }
            int from = token.takesLeft() ? Math.max(start, blanksBefore(text, i)) : i;
            if (from > start) {
                plain.accept(piece.part(start, from));
            }
            found.accept(token.id());
            start = token.takesRight() ? blanksBehind(text, end) : end;
            i = start;
        }
        if (start < text.length()) {
            plain.accept(piece.part(start, text.length()));
        }
    }

    private static boolean touched(String text, int from, int to) {
        return (from > 0 && Characters.isWord(text.codePointBefore(from)))
                || (to < text.length() && Characters.isWord(text.codePointAt(to)));
    }

    private static int blanksBefore(String text, int end) {
        int i = end;
        while (i > 0 && Characters.isBlank(text.charAt(i - 1))) {
            i--;
        }
        return i;
    }

    private static int blanksBehind(String text, int start) {
        int i = start;
        while (i < text.length() && Characters.isBlank(text.charAt(i))) {
            i++;
        }
        return i;
    }
}
