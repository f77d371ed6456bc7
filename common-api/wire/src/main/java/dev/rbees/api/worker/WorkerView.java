package dev.rbees.api.worker;

import java.time.Instant;
import java.util.List;

/**
 * A worker as the orchestrator lists it.
 *
 * @param workerId unique id
 * @param endpoint base address of its HTTP interface
 * @param backend what it computes on
 * @param model id of its model
 * @param modelDigest hex SHA-256 of the model's source file
 * @param capabilities what it can be asked for, such as {@code text-gen}
 * @param status what it is doing
 * @param slotsTotal requests it runs at a time
 * @param slotsFree of these, how many are free
 * @param contextLength positions that one slot holds
 * @param registeredAt when it registered
 * @param lastSeenAt its last sign of life
 * @param circuit {@code closed}; {@code open} when it gets no tasks because it failed too often; {@code half_open} while one
 *        task tries whether it works again
 */
public record WorkerView(String workerId, String endpoint, Backend backend, String model, String modelDigest,
        List<String> capabilities, WorkerStatus status, int slotsTotal, int slotsFree, int contextLength,
        Instant registeredAt, Instant lastSeenAt,
        String circuit) {}
