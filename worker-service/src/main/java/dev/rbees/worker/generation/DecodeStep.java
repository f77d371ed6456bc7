package dev.rbees.worker.generation;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What one decode step feeds to neighbouring slots: those of the sequences that decode, and those between them.
 *
 * @param firstSlot the first of them
 * @param tokens one for each slot
 * @param pasts for each slot, the position that it fills
 */
@SuppressWarnings("ArrayRecordComponent") // why: made for one call and never compared
record DecodeStep(int firstSlot, int[] tokens, int[] pasts) {

    /**
     * @param running everything that has a slot, also what is still being fed
     * @param held for a slot in which nothing runs, the positions that must stay as they are
     */
    static DecodeStep of(List<Generation> decoding, List<Generation> running, IntUnaryOperator held) {
        int first = decoding.stream().mapToInt(generation -> generation.slot).min().orElseThrow();
        int last = decoding.stream().mapToInt(generation -> generation.slot).max().orElseThrow();
        int[] tokens = new int[last - first + 1];
        int[] pasts = restingPlaces(first, tokens.length, running, held);
        for (Generation generation : decoding) {
            tokens[generation.slot - first] = generation.next();
            pasts[generation.slot - first] = generation.filled();
        }
        return new DecodeStep(first, tokens, pasts);
    }

    /**
     * For each slot of a range the position into which a step may write although nothing decodes there: behind what the slot
     * holds, or behind a prompt that is being fed.
     */
    private static int[] restingPlaces(int firstSlot, int count, List<Generation> running, IntUnaryOperator held) {
        int[] places = new int[count];
        Arrays.setAll(places, i -> held.applyAsInt(firstSlot + i));
        for (Generation generation : running) {
            int i = generation.slot - firstSlot;
            if (i >= 0 && i < count) {
                places[i] = generation.prompt.length;
            }
        }
        return places;
    }
}
