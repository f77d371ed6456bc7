package dev.rbees.worker.onnx;

import java.util.Arrays;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * One sequence: its tokens, and keys and values of the first of them. Of the tokens whose scores nobody wanted yet there may be
 * none: they are made when they are needed, which, for the slots that a batch only passes over, is never.
 */
final class ExportedSlot implements AutoCloseable {

    @GuardedBy("this")
    private final int[] tokens;
    @GuardedBy("this")
    private int length;
    @GuardedBy("this")
    private ExportedCache cache;
    /** Positions of the cache that still belong to these tokens. */
    @GuardedBy("this")
    private int valid;

    ExportedSlot(int positions, ExportedCache empty) {
        this.tokens = new int[positions];
        this.cache = empty;
    }

    /** The first {@code past} tokens and these. */
    synchronized int[] with(int past, int[] more) {
        if (past < 0 || past > length) {
            throw new IllegalArgumentException("the slot holds " + length + " positions, not " + past);
        }
        int[] all = Arrays.copyOf(tokens, past + more.length);
        System.arraycopy(more, 0, all, past, more.length);
        return all;
    }

    /**
     * Notes a token behind the first {@code past}. Where the slot does not hold so many, its prompt is just being fed, and
     * there is nothing to note.
     */
    synchronized boolean note(int past, int token) {
        if (past > length) {
            return false;
        }
        tokens[past] = token;
        length = past + 1;
        valid = Math.min(valid, past);
        return true;
    }

    synchronized int[] tokens() {
        return Arrays.copyOf(tokens, length);
    }

    synchronized ExportedCache cache() {
        return cache;
    }

    /** Positions of the cache that can be built upon. */
    synchronized int valid() {
        return valid;
    }

    /** Holds these tokens from now on, and keys and values for all of them. */
    synchronized void hold(int[] all, ExportedCache made) {
        if (made != cache) {
            cache.close();
        }
        System.arraycopy(all, 0, tokens, 0, all.length);
        length = all.length;
        cache = made;
        valid = made.length();
    }

    @Override
    public synchronized void close() {
        cache.close();
    }
}
