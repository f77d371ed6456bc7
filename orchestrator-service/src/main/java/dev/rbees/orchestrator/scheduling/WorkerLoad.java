package dev.rbees.orchestrator.scheduling;

/**
 * A worker as the choice sees it.
 *
 * @param workerId who
 * @param slots requests it runs at a time
 * @param running of these, how many are in use
 */
public record WorkerLoad(String workerId, int slots, int running) {

    public boolean hasRoom() {
        return running < slots;
    }
}
