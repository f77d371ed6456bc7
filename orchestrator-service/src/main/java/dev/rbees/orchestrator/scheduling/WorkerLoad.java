package dev.rbees.orchestrator.scheduling;

import org.jspecify.annotations.Nullable;

/**
 * A worker as the choice sees it.
 *
 * @param workerId who
 * @param slots requests it runs at a time
 * @param running of these, how many are in use
 * @param memoryFreeBytes what it last said, 0 when it said nothing
 * @param lastChosen number of the decision that gave it its last task, 0 for none
 * @param numerics how it calculates: workers with equal ones make the same tokens, bit for bit; null when it does not say
 * @param contextLength positions that one of its slots holds
 */
public record WorkerLoad(String workerId, int slots, int running, long memoryFreeBytes, long lastChosen,
        @Nullable String numerics, int contextLength) {

    public boolean hasRoom() {
        return running < slots;
    }

    /** After it was given a task by the decision of this number. */
    WorkerLoad chosen(long decision) {
        return new WorkerLoad(workerId, slots, running + 1, memoryFreeBytes, decision, numerics, contextLength);
    }
}
