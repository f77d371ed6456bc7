package dev.rbees.api.worker;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.RequestFields;

/**
 * What a worker tells the orchestrator every few seconds.
 *
 * @param status what it is doing
 * @param slotsFree how many slots are free
 * @param memoryFreeBytes of the device that it computes on; null when it does not say
 * @param secret of its registration; null from a worker that knows of none
 */
public record WorkerHeartbeat(WorkerStatus status, int slotsFree, @Nullable Long memoryFreeBytes,
        @Nullable WorkerSecret secret) {

    /** From a worker that knows of no secret. */
    public WorkerHeartbeat(WorkerStatus status, int slotsFree, @Nullable Long memoryFreeBytes) {
        this(status, slotsFree, memoryFreeBytes, null);
    }

    /**
     * Reads the body of {@code POST /v2/workers/{id}/heartbeat}.
     *
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems
     */
    public static WorkerHeartbeat read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        WorkerStatus status = fields.choice("status", WorkerStatus.class, WorkerStatus.READY);
        int slotsFree = fields.integer("slots_free", 0, Integer.MAX_VALUE, 0);
        Long memoryFree = fields.integer("memory_free_bytes", 0, Long.MAX_VALUE);
        WorkerSecret secret = WorkerSecret.read(fields);
        fields.finish();
        return new WorkerHeartbeat(status, slotsFree, memoryFree, secret);
    }
}
