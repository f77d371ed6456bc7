package dev.rbees.worker.generation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Which slots are taken, and which prompt each still holds. A new request gets the free slot that holds the longest beginning
 * of its prompt, otherwise the lowest, so that slots in use stay close together. What a slot holds counts only for requests of the
 * same cache scope: how fast a prompt is read, and {@code tokens_cached}, would tell others what was asked.
 */
final class SlotLedger {

    /** Fewer tokens are not worth a slot far from the others. */
    private static final int WORTH_REUSING = 16;
    /** why: a last piece of one token would take another path through attention, with other last bits. */
    private static final int ALWAYS_FED = 2;

    /**
     * A slot that was taken.
     *
     * @param slot its number
     * @param reused positions that hold the beginning of the prompt already
     */
    record Place(int slot, int reused) {}

    /** The first {@code length} tokens, made by prefill, lie in a slot. */
    private static final class Held {

        private final int[] tokens;
        private final int length;
        private final @Nullable String scope;

        Held(int[] tokens, int length, @Nullable String scope) {
            this.tokens = tokens;
            this.length = length;
            this.scope = scope;
        }

        int common(int[] prompt, @Nullable String wanted) {
            int most = Objects.equals(scope, wanted) ? Math.min(length, prompt.length - ALWAYS_FED) : 0;
            int common = 0;
            while (common < most && tokens[common] == prompt[common]) {
                common++;
            }
            return common;
        }
    }

    @GuardedBy("this")
    private final BitSet taken = new BitSet();
    /** Its elements change under the lock; how many there are does not. */
    @GuardedBy("this")
    private final Held[] held;
    private final int total;

    SlotLedger(int total) {
        this.total = total;
        held = new Held[total];
        Arrays.fill(held, new Held(new int[0], 0, null));
    }

    /** Empty when all are taken. */
    synchronized Optional<Place> take(int[] prompt, @Nullable String scope) {
        Place best = null;
        for (int slot = taken.nextClearBit(0); slot < held.length; slot = taken.nextClearBit(slot + 1)) {
            int common = held[slot].common(prompt, scope);
            if (best == null || (common >= WORTH_REUSING && common > best.reused())) {
                best = new Place(slot, common);
            }
        }
        if (best != null) {
            taken.set(best.slot());
        }
        return Optional.ofNullable(best);
    }

    /** Gives a slot back that holds the first {@code length} tokens of a prompt, made by prefill. */
    synchronized void release(int slot, int[] prompt, int length, @Nullable String scope) {
        held[slot] = new Held(prompt, length, scope);
        taken.clear(slot);
        notifyAll();
    }

    /** Positions of a slot that must stay as they are while nobody runs in it. */
    synchronized int held(int slot) {
        return held[slot].length;
    }

    int total() {
        return total;
    }

    synchronized int free() {
        return total - taken.cardinality();
    }

    /** Waits until every slot is free, or the time is over; gives whether they are. */
    synchronized boolean awaitAllFree(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (!taken.isEmpty()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
