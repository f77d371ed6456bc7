package dev.rbees.worker.onnx;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A decoder in memory with several slots, each of which holds the keys and values of one sequence. One thread may prefill a
 * slot while another, the one that {@link #claim}ed it, decodes others; {@link #interrupt()} may come from any thread.
 *
 * <p>
 * Where it is {@link #exact}, results are bit for bit the same alone or in a batch and with any number of threads, as long as a
 * position is made in the same way: by {@link #prefill} in pieces of 2 to {@link #LONGEST_PIECE} tokens, or by {@link #decode}.
 */
public interface Decoder extends AutoCloseable {

    /**
     * Tokens of a piece of a prompt.
     *
     * <p>
     * why: attention cuts longer pieces into parts of 128, and a part of one token is calculated in another order, so that 129
     * tokens at once would give other bits than 64 and 65. Short pieces are also faster, because none of them looks at
     * positions that come after it: by 10 % for 512 tokens.
     */
    int LONGEST_PIECE = 128;

    /** How many tokens a piece of a prompt may have here; {@value #LONGEST_PIECE} where that keeps the bits. */
    default int longestPiece() {
        return LONGEST_PIECE;
    }

    /** How many of the tokens that are left of a prompt its next piece has: as many as may be, and never all but one. */
    default int nextPiece(int left) {
        return left == longestPiece() + 1 ? left - 2 : Math.min(left, longestPiece());
    }

    /** Does what the first long prompt would have to wait for. */
    default void warmUp() {
        // a processor's first run of a shape is no slower than the next
    }

    /** Whether results are the same bit for bit however a sequence is cut and whatever runs beside it. */
    default boolean exact() {
        return true;
    }

    /** From now on only the calling thread decodes; called once, before the first answer. */
    default void claim() {
        // a decoder that holds nothing for its steps need not know
    }

    /** Positions that a slot holds. */
    int positions();

    /** Scores per position: the ids of the vocabulary, and perhaps some more rows of padding. */
    int vocabulary();

    /** Bytes of the KV cache when every position of every slot is filled. */
    long cacheBytes();

    /**
     * Feeds a piece of a prompt to a slot.
     *
     * @param past positions the slot holds already
     * @param tokens ids of the vocabulary, at most {@link #longestPiece}
     * @param logits gets the logits after the last token; null when they are not wanted
     * @return whether it ran to its end; false after {@link #interrupt()}, when the slot is as before
     */
    boolean prefill(int slot, int past, int[] tokens, float @Nullable [] logits);

    /** Ends the prefill that is running, if one is, within some milliseconds. */
    void interrupt();

    /**
     * Feeds one token to each of several neighbouring slots.
     *
     * @param firstSlot the first of them
     * @param tokens one id for each
     * @param pasts for each, the positions it holds already
     * @param wanted the rows, counted from 0, whose logits are wanted
     * @return gives, for an index into {@code wanted}, the logits; valid until the next run
     */
    Logits decode(int firstSlot, int[] tokens, int[] pasts, int[] wanted);

    /**
     * Why the model can no longer be used, though nothing has failed yet: its files were changed or removed, the device does
     * not answer, or a run hangs. Empty when it can. May come from any thread; a decoder that cannot lose its model keeps
     * this answer.
     */
    default Optional<String> residencyProblem() {
        return Optional.empty();
    }

    /** The logits of several positions. */
    @FunctionalInterface
    interface Logits {
        /** Copies those of one position; {@code target} has room for the vocabulary. */
        void copy(int index, float[] target);
    }

    @Override
    void close();
}
