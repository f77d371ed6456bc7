package dev.rbees.worker.lifecycle;

import java.util.Optional;

/**
 * The memory that a worker may plan with.
 *
 * @param bytes that its process may take: weights, cache, and what is calculated in between
 * @param own whether all of them were given to it; else they are what the machine has free
 */
record MemoryBudget(long bytes, boolean own) {

    /**
     * @param free bytes that the device has free
     * @param given bytes that somebody who knows of all workers gave to this one
     */
    static MemoryBudget of(long free, Optional<Long> given) {
        return given.map(bytes -> new MemoryBudget(Math.min(free, bytes), true)).orElse(new MemoryBudget(free, false));
    }

    /**
     * What the slots may take of what the weights leave.
     *
     * <p>
     * why: of what is free only half, so that the machine keeps something for its other programs, and for the next worker.
     */
    long forSlots(long left) {
        return own ? left : left / 2;
    }
}
