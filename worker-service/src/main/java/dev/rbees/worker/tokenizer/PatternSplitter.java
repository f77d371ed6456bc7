package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.worker.tokenizer.Delimiter.Span;

/**
 * Cuts where a pattern matches, in bounded time.
 *
 * @param pattern of the delimiters
 * @param inverted whether the delimiters are what the pattern does not match
 * @param delimiter what becomes of them
 */
record PatternSplitter(Pattern pattern, boolean inverted, Delimiter delimiter) implements Splitter {

    /** Every match is a piece, and so is what lies between two. */
    static PatternSplitter isolating(Pattern pattern) {
        return new PatternSplitter(pattern, false, Delimiter.ISOLATED);
    }

    @Override
    public void split(Piece piece, Consumer<Piece> out) {
        delimiter.cut(piece, spans(piece.text()), out);
    }

    private List<Span> spans(String text) {
        List<Span> spans = new ArrayList<>();
        Matcher matcher = pattern.matcher(new BoundedText(text));
        int end = 0;
        while (BoundedText.find(matcher)) {
            if (matcher.start() > end) {
                spans.add(new Span(end, matcher.start(), inverted));
            }
            if (matcher.end() > matcher.start()) {
                spans.add(new Span(matcher.start(), matcher.end(), !inverted));
            }
            end = matcher.end();
        }
        if (end < text.length()) {
            spans.add(new Span(end, text.length(), inverted));
        }
        return spans;
    }
}
