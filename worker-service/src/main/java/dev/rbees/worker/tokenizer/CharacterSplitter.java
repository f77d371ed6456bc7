package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

import dev.rbees.worker.tokenizer.Delimiter.Span;

/**
 * Cuts at characters of a kind.
 *
 * @param kind which code points are delimiters, each by itself
 * @param delimiter what becomes of them
 */
record CharacterSplitter(IntPredicate kind, Delimiter delimiter) implements Splitter {

    /** At blanks, which are left out. */
    static CharacterSplitter atBlanks() {
        return new CharacterSplitter(Characters::isBlank, Delimiter.REMOVED);
    }

    /** At punctuation, of which each character is a piece. */
    static CharacterSplitter atPunctuation() {
        return new CharacterSplitter(Characters::isPunctuation, Delimiter.ISOLATED);
    }

    @Override
    public void split(Piece piece, Consumer<Piece> out) {
        String text = piece.text();
        List<Span> spans = new ArrayList<>();
        int end = 0;
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (kind.test(c)) {
                if (i > end) {
                    spans.add(new Span(end, i, false));
                }
                spans.add(new Span(i, next, true));
                end = next;
            }
            i = next;
        }
        if (end < text.length()) {
            spans.add(new Span(end, text.length(), false));
        }
        delimiter.cut(piece, spans, out);
    }
}
