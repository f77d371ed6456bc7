package dev.rbees.worker.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * How many requests run at a time, and how many positions each may have, decided before a model is imported or loaded. What the
 * user names is taken as it is, or refused when it does not fit. What he does not name is chosen like this:
 *
 * <ol>
 * <li>positions: what the model was made for, at most {@value #USUAL_POSITIONS}; slots: as many as fit half of the memory that
 * the weights leave, {@value #FEWEST_SLOTS} to {@value #MOST_SLOTS};
 * <li>where {@value #FEWEST_SLOTS} slots of those do not fit: fewer positions, as many as fit that half, but at least
 * {@value #FEWEST_POSITIONS}, or what the model was made for when that is less;
 * <li>where {@value #FEWEST_SLOTS} slots of the fewest positions do not fit either: fewer slots, down to one.
 * </ol>
 *
 * <p>
 * Of a budget of its own all may be used, not half.
 *
 * @param slots requests at a time
 * @param positions of each of them
 * @param demand what was planned for
 * @param available bytes that this process might take when it was planned
 */
record MemoryPlan(int slots, int positions, Demand demand, long available) {

    static final int USUAL_POSITIONS = 32_768;
    static final int FEWEST_POSITIONS = 4096;
    static final int FEWEST_SLOTS = 4;
    static final int MOST_SLOTS = 16;
    /** Chosen positions are a multiple of this. */
    private static final int STEP = 256;
    /** ONNX Runtime keeps the weights packed anew, beside scales and sums; measured. */
    private static final double PACKED = 1.25;
    /** One in the buffer of decode steps, one that the runtime makes; of a device's, the first lies in this process. */
    private static final int COPIES_OF_SCORES = 2;
    /** Activations of a long prompt, its scores, and the program itself. */
    private static final long WORKING_BYTES = 150L * 1024 * 1024;

    /**
     * What a model takes.
     *
     * @param weightsBytes size of the weights as they lie in their file, counted for each copy in memory
     * @param slotBytes of a slot, however many positions it has
     * @param positionBytes of each position of a slot: its keys and values in every layer, because the cache keeps all of them
     *        for windowed layers, too; 0 where positions cannot be chosen
     * @param trainedFor positions that the model was made for
     * @param workingBytes for what is calculated in between, and for the program itself
     */
    record Demand(long weightsBytes, long slotBytes, long positionBytes, int trainedFor, long workingBytes) {

        /** Calculated on the processor. */
        Demand(long weightsBytes, long slotBytes, long positionBytes, int trainedFor) {
            this(weightsBytes, slotBytes, positionBytes, trainedFor, WORKING_BYTES);
        }

        /** A model that generates, with a score for each id of its vocabulary. */
        static Demand ofDecoder(long weightsBytes, long positionBytes, int vocabulary, int trainedFor) {
            return new Demand(weightsBytes, (long) vocabulary * Float.BYTES * COPIES_OF_SCORES, positionBytes, trainedFor);
        }

        /** The same where calculating takes more. */
        Demand with(long moreWorkingBytes) {
            return new Demand(weightsBytes, slotBytes, positionBytes, trainedFor, workingBytes + moreWorkingBytes);
        }

        /** What is taken whatever the number of slots. */
        long fixed() {
            return Math.round(weightsBytes * PACKED) + workingBytes;
        }

        long slot(int positions) {
            return slotBytes + positions * positionBytes;
        }

        long all(int slots, int positions) {
            return fixed() + slots * slot(positions);
        }
    }

    /**
     * @param slots the number that the user named, if he did
     * @param positions the number that the user named, at most {@link Demand#trainedFor}, if he did
     * @param budget what this process may take
     * @throws RbeesException INSUFFICIENT_VRAM, with the numbers and with what would fit, when it does not fit
     */
    static MemoryPlan of(Demand demand, Optional<Integer> slots, Optional<Integer> positions, MemoryBudget budget) {
        Room room = new Room(demand, budget);
        int usual = Math.min(demand.trainedFor(), USUAL_POSITIONS);
        MemoryPlan plan = positions
                .map(named -> new MemoryPlan(slots.orElseGet(() -> room.slotsThatFit(named)), named, demand, budget.bytes()))
                .orElseGet(() -> room.shorten(slots.orElseGet(() -> room.slots(usual)), slots.orElse(1), usual));
        room.require(plan);
        return plan;
    }

    long needed() {
        return demand.all(slots, positions);
    }

    /** For the log: what it came to, and of what. */
    String summary() {
        return slots + (slots == 1 ? " slot" : " slots") + " of " + positions + " positions (the model was made for "
                + demand.trainedFor() + "): " + megabytes(demand.fixed()) + " MB for the weights and "
                + megabytes(demand.slot(positions)) + " MB for each slot, of " + megabytes(available) + " MB free";
    }

    private static long megabytes(long bytes) {
        return Math.ceilDiv(bytes, 1_000_000);
    }

    /** What fits beside the weights. */
    private record Room(Demand demand, MemoryBudget budget) {

        private long left() {
            return budget.bytes() - demand.fixed();
        }

        /** How many slots of so many positions there should be. */
        int slots(int positions) {
            return Math.toIntExact(Math.clamp(budget.forSlots(left()) / demand.slot(positions), FEWEST_SLOTS, MOST_SLOTS));
        }

        /** The same where fewer than {@value MemoryPlan#FEWEST_SLOTS} will do; one at least. */
        int slotsThatFit(int positions) {
            return Math.max(1, Math.min(slots(positions), mostSlots(positions)));
        }

        /** A plan with fewer positions than wanted where those do not fit, and with fewer slots where that is not enough. */
        MemoryPlan shorten(int slots, int fewestSlots, int wanted) {
            for (int count = slots; count >= fewestSlots; count--) {
                OptionalInt fitting = positions(count, wanted);
                if (fitting.isPresent()) {
                    return new MemoryPlan(count, fitting.getAsInt(), demand, budget.bytes());
                }
            }
            return new MemoryPlan(fewestSlots, Math.min(wanted, FEWEST_POSITIONS), demand, budget.bytes());
        }

        /** How many slots of so many positions fit at most. */
        private int mostSlots(int positions) {
            return Math.clamp(left() / demand.slot(positions), 0, Integer.MAX_VALUE);
        }

        /** How many positions each of so many slots should have; empty when not even the fewest fit. */
        private OptionalInt positions(int slots, int wanted) {
            int fewest = Math.min(wanted, FEWEST_POSITIONS);
            if (slots <= mostSlots(wanted)) {
                return OptionalInt.of(wanted);
            }
            int half = mostPositions(budget.forSlots(left()), slots);
            return half >= fewest
                    ? OptionalInt.of(half)
                    : slots <= mostSlots(fewest) ? OptionalInt.of(fewest) : OptionalInt.empty();
        }

        /** How many positions each of so many slots has in so many bytes, rounded down; 0 for none. */
        private int mostPositions(long bytes, int slots) {
            long positions = demand.positionBytes() == 0 ? 0
                    : Math.clamp((bytes / slots - demand.slotBytes()) / demand.positionBytes(), 0, demand.trainedFor());
            return Math.toIntExact(positions / STEP * STEP);
        }

        void require(MemoryPlan plan) {
            if (plan.needed() > budget.bytes()) {
                throw new RbeesException(ErrorCode.INSUFFICIENT_VRAM, "the model needs " + megabytes(demand.fixed())
                        + " MB for its weights and " + megabytes(demand.slot(plan.positions())) + " MB for "
                        + (plan.slots() == 1 ? "a slot" : "each of " + plan.slots() + " slots")
                        + (demand.positionBytes() == 0 ? "" : " of " + plan.positions() + " positions") + ", together "
                        + megabytes(plan.needed()) + " MB, but " + megabytes(budget.bytes())
                        + (budget.own() ? " MB of memory are given to it; " : " MB of memory are free; ")
                        + advice(plan),
                        Map.of("needed_bytes", plan.needed(), "available_bytes", budget.bytes(), "weights_bytes",
                                demand.fixed(),
                                "slot_bytes", demand.slot(plan.positions())));
            }
        }

        private String advice(MemoryPlan plan) {
            List<String> fitting = new ArrayList<>();
            int slots = mostSlots(plan.positions());
            if (slots > 0) {
                fitting.add("--slots " + slots);
            }
            int positions = mostPositions(left(), plan.slots());
            if (positions > 0) {
                fitting.add("--context-length " + positions);
            }
            int alone = mostPositions(left(), 1);
            if (fitting.isEmpty() && alone > 0) {
                fitting.add("--slots 1 --context-length " + alone);
            }
            return fitting.isEmpty()
                    ? "take a smaller model, or stop another worker"
                    : String.join(" or ", fitting) + " would fit, or stop another worker";
        }
    }
}
