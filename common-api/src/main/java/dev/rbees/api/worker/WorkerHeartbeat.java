package dev.rbees.api.worker;

import dev.rbees.api.json.RequestFields;

/**
 * What a worker tells the orchestrator every few seconds.
 *
 * @param status what it is doing
 * @param slotsFree how many slots are free
 */
public record WorkerHeartbeat(WorkerStatus status, int slotsFree) {

    /**
     * Reads the body of {@code POST /v2/workers/{id}/heartbeat}.
     *
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems
     */
    public static WorkerHeartbeat read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        WorkerStatus status = fields.choice("status", WorkerStatus.class, WorkerStatus.READY);
        int slotsFree = fields.integer("slots_free", 0, Integer.MAX_VALUE, 0);
        fields.finish();
        return new WorkerHeartbeat(status, slotsFree);
    }
}
