package dev.rbees.worker.tokenizer;

import java.util.List;
import java.util.function.Consumer;

/** Cuts pieces of a text into smaller ones, of which each is then encoded by itself. May also rewrite them. */
interface Splitter {

    /** Leaves a piece as it is. */
    Splitter NONE = (piece, out) -> out.accept(piece);

    /** Hands the parts of a piece to {@code out}, in order. */
    void split(Piece piece, Consumer<Piece> out);

    /** Each of these cuts what the one before it left. */
    static Splitter sequence(List<Splitter> splitters) {
        return splitters.reversed().stream().reduce(NONE,
                (rest, before) -> (piece, out) -> before.split(piece, part -> rest.split(part, out)));
    }

    /** Writes a piece in the alphabet of byte-level vocabularies. */
    static Splitter byteLevel() {
        return (piece, out) -> out.accept(piece.with(ByteAlphabet.letters(piece.text())));
    }
}
