package dev.rbees.worker.tokenizer;

/**
 * A stretch of a text on its way to tokens.
 *
 * @param text of it, never empty
 * @param first whether the whole text begins with it
 */
record Piece(String text, boolean first) {

    /** A part of it, from one UTF-16 unit to before another. */
    Piece part(int from, int to) {
        return from == 0 && to == text.length() ? this : new Piece(text.substring(from, to), first && from == 0);
    }

    Piece with(String other) {
        return new Piece(other, first);
    }
}
