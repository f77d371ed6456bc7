package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What becomes of the delimiters that are found in a text; the names are those of {@code tokenizer.json}. */
enum Delimiter {
    /** Each is a piece of its own. */
    ISOLATED("Isolated"),
    /** They are left out. */
    REMOVED("Removed"),
    /** Each belongs to what stands before it. */
    MERGED_WITH_PREVIOUS("MergedWithPrevious"),
    /** Each belongs to what stands behind it. */
    MERGED_WITH_NEXT("MergedWithNext"),
    /** Neighbouring ones are one piece. */
    CONTIGUOUS("Contiguous");

    /**
     * A stretch of the text.
     *
     * @param found whether it is a delimiter, and not what stands between two
     */
    record Span(int from, int to, boolean found) {}

    private final String jsonName;

    Delimiter(String jsonName) {
        this.jsonName = jsonName;
    }

    String jsonName() {
        return jsonName;
    }

    /** Hands the pieces that these spans leave to {@code out}. */
    void cut(Piece piece, List<Span> spans, Consumer<Piece> out) {
        for (Span span : apply(spans)) {
            out.accept(piece.part(span.from(), span.to()));
        }
    }

    private List<Span> apply(List<Span> spans) {
        return switch (this) {
            case ISOLATED -> spans;
            case REMOVED -> spans.stream().filter(span -> !span.found()).toList();
            case MERGED_WITH_PREVIOUS -> join(spans, false);
            case MERGED_WITH_NEXT -> join(spans.reversed(), false).reversed();
            case CONTIGUOUS -> join(spans, true);
        };
    }

    /** A span joins the one that was seen before it; of several delimiters in a row only the first does, or all. */
    private static List<Span> join(List<Span> spans, boolean alike) {
        List<Span> joined = new ArrayList<>(spans.size());
        boolean foundBefore = false;
        for (Span span : spans) {
            boolean joins = alike ? span.found() == foundBefore : span.found() && !foundBefore;
            if (joins && !joined.isEmpty()) {
                Span last = joined.removeLast();
                joined.add(new Span(Math.min(last.from(), span.from()), Math.max(last.to(), span.to()), false));
            } else {
                joined.add(span);
            }
            foundBefore = span.found();
        }
        return joined;
    }
}
