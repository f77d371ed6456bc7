package dev.rbees.worker.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Which two neighbouring tokens may become one, and how important that is. A hash table over pairs of ids. */
final class MergeTable {

    private static final long FREE = -1;

    private final long[] pairs;
    private final int[] ranks;
    private final int[] merged;
    private final int mask;

    private MergeTable(int size) {
        int capacity = Integer.highestOneBit(Math.max(16, size * 2)) * 2;
        pairs = new long[capacity];
        ranks = new int[capacity];
        merged = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(pairs, FREE);
    }

    /** Merges whose parts or result are not in the vocabulary are left out: they can never happen. */
    static MergeTable of(List<String> merges, Map<String, Integer> ids) {
        MergeTable table = new MergeTable(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            String merge = merges.get(rank);
            int blank = merge.indexOf(' ', 1);
            if (blank < 0) {
                continue;
            }
            Integer left = ids.get(merge.substring(0, blank));
            Integer right = ids.get(merge.substring(blank + 1));
            Integer result = ids.get(merge.substring(0, blank) + merge.substring(blank + 1));
            if (left != null && right != null && result != null) {
                table.put(left, right, rank, result);
            }
        }
        return table;
    }

    private void put(int left, int right, int rank, int result) {
        int slot = slot(left, right);
        if (pairs[slot] == FREE) {
            pairs[slot] = pair(left, right);
            ranks[slot] = rank;
            merged[slot] = result;
        }
    }

    /** The importance of a merge, 0 for the first, −1 when the two never merge. */
    int rank(int left, int right) {
        int slot = slot(left, right);
        return pairs[slot] == FREE ? -1 : ranks[slot];
    }

    /** What the two become; only for pairs with a rank. */
    int merged(int left, int right) {
        return merged[slot(left, right)];
    }

    private int slot(int left, int right) {
        long pair = pair(left, right);
        int slot = (int) ((pair * 0x9E3779B97F4A7C15L) >>> 40) & mask;
        while (pairs[slot] != FREE && pairs[slot] != pair) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
