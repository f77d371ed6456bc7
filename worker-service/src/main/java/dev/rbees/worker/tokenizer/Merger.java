package dev.rbees.worker.tokenizer;

import java.util.Arrays;

/**
 * Merges neighbouring symbols of one word, always the most important pair first and of equals the leftmost. Time grows
 * with n log n, so a word of a megabyte does no harm. What may merge, and into what, a subclass knows. Not for several
 * threads.
 */
abstract class Merger {

    static final int NEVER = -1;

    private static final int END = -1;
    private static final int GONE = -2;

    private int[] next = new int[64];
    private int[] previous = new int[64];
    /** Candidates as rank in the high half and left position in the low half: a binary heap. */
    private long[] heap = new long[64];
    private int heapSize;

    /** The importance of merging two neighbours, 0 for the most important, {@link #NEVER} when they do not merge. */
    abstract int rank(int left, int right);

    /** Makes the left symbol what both become. */
    abstract void join(int left, int right);

    /** Merges symbols 0 to {@code count} − 1 until no pair is left; then {@link #after} leads through what remains. */
    final void run(int count) {
        link(count);
        while (heapSize > 0) {
            long best = poll();
            int left = (int) best;
            int right = next[left];
            // a candidate is stale when one of its two was merged meanwhile
            if (right >= 0 && rank(left, right) == (int) (best >>> 32)) {
                join(left, right);
                unlink(left, right);
            }
        }
    }

    /** The symbol after this one, −1 when it is the last. */
    final int after(int symbol) {
        return next[symbol];
    }

    private void link(int count) {
        if (next.length < count) {
            next = new int[count * 2];
            previous = new int[count * 2];
        }
        heapSize = 0;
        for (int i = 0; i < count; i++) {
            next[i] = i + 1 < count ? i + 1 : END;
            previous[i] = i - 1;
        }
        for (int i = 0; i + 1 < count; i++) {
            offer(i);
        }
    }

    private void unlink(int left, int right) {
        next[left] = next[right];
        next[right] = GONE;
        if (next[left] != END) {
            previous[next[left]] = left;
            offer(left);
        }
        if (previous[left] != END) {
            offer(previous[left]);
        }
    }

    private void offer(int left) {
        int rank = rank(left, next[left]);
        if (rank == NEVER) {
            return;
        }
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
        }
        long candidate = (long) rank << 32 | left;
        int i = heapSize++;
        while (i > 0 && heap[(i - 1) / 2] > candidate) {
            heap[i] = heap[(i - 1) / 2];
            i = (i - 1) / 2;
        }
        heap[i] = candidate;
    }

    private long poll() {
        long top = heap[0];
        long last = heap[--heapSize];
        int i = 0;
        while (2 * i + 1 < heapSize) {
            int child = 2 * i + 1;
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = last;
        return top;
    }
}
