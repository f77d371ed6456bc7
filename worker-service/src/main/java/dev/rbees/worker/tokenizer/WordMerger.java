package dev.rbees.worker.tokenizer;

import java.util.Arrays;

/**
 * Merges the bytes of one word into tokens, always the most important pair first and of equals the leftmost. Time grows
 * with n log n, so a word of a megabyte does no harm. Not for several threads.
 */
final class WordMerger {

    private static final int NONE = -1;

    private final MergeTable merges;
    private int[] ids = new int[64];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    /** Candidates as rank in the high half and left position in the low half: a binary heap. */
    private long[] heap = new long[64];
    private int heapSize;

    WordMerger(MergeTable merges) {
        this.merges = merges;
    }

    /** Merges {@code symbols[0..count)} and appends the result. */
    void merge(int[] symbols, int count, IntList out) {
        if (count == 1) {
            out.add(symbols[0]);
            return;
        }
        start(symbols, count);
        while (heapSize > 0) {
            long best = poll();
            int left = (int) best;
            int right = ids[left] == NONE ? NONE : next[left];
            // a candidate is stale when one of its two was merged meanwhile
            if (right != NONE && merges.rank(ids[left], ids[right]) == (int) (best >>> 32)) {
                join(left, right);
            }
        }
        for (int i = 0; i != NONE; i = next[i]) {
            out.add(ids[i]);
        }
    }

    private void start(int[] symbols, int count) {
        if (ids.length < count) {
            ids = new int[count * 2];
            next = new int[count * 2];
            previous = new int[count * 2];
        }
        System.arraycopy(symbols, 0, ids, 0, count);
        heapSize = 0;
        for (int i = 0; i < count; i++) {
            next[i] = i + 1 < count ? i + 1 : NONE;
            previous[i] = i - 1;
        }
        for (int i = 0; i + 1 < count; i++) {
            offer(i);
        }
    }

    private void join(int left, int right) {
        ids[left] = merges.merged(ids[left], ids[right]);
        ids[right] = NONE;
        next[left] = next[right];
        if (next[right] != NONE) {
            previous[next[right]] = left;
        }
        if (previous[left] != NONE) {
            offer(previous[left]);
        }
        if (next[left] != NONE) {
            offer(left);
        }
    }

    private void offer(int left) {
        int rank = merges.rank(ids[left], ids[next[left]]);
        if (rank < 0) {
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
