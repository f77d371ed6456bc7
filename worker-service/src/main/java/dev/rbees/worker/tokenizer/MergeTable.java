package dev.rbees.worker.tokenizer;

import java.util.Arrays;

/** Which two neighbouring tokens may become one, and how important that is. A hash table over pairs of ids. */
final class MergeTable {

    private static final long FREE = -1;

    private final long[] pairs;
    private final int[] ranks;
    private final int[] merged;
    private final int mask;

    /** @param merges left, right and result of each merge in turn, the most important first */
    MergeTable(int[] merges) {
        int capacity = Integer.highestOneBit(Math.max(16, merges.length / 3 * 2)) * 2;
        pairs = new long[capacity];
        ranks = new int[capacity];
        merged = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(pairs, FREE);
        for (int i = 0; i < merges.length; i += 3) {
            put(merges[i], merges[i + 1], i / 3, merges[i + 2]);
        }
    }

    private void put(int left, int right, int rank, int result) {
        int slot = slot(left, right);
        if (pairs[slot] == FREE) {
            pairs[slot] = pair(left, right);
            ranks[slot] = rank;
            merged[slot] = result;
        }
    }

    /** The importance of a merge, 0 for the first, {@link Merger#NEVER} when the two never merge. */
    int rank(int left, int right) {
        int slot = slot(left, right);
        return pairs[slot] == FREE ? Merger.NEVER : ranks[slot];
    }

    /** What the two become; only for pairs with a rank. */
    int merged(int left, int right) {
        return merged[slot(left, right)];
    }

    private int slot(int left, int right) {
        long pair = pair(left, right);
        int slot = (int) ((pair * 0x9E3779B97F4A7C15L) >>> 36) & mask;
        while (pairs[slot] != FREE && pairs[slot] != pair) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
