package dev.rbees.api.pool;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.RegistrationView;
import dev.rbees.api.worker.WorkerStatus;

/**
 * A worker process of this machine as {@code worker list} shows it.
 *
 * @param workerId unique id
 * @param pid its process
 * @param port it listens on
 * @param endpoint base address on this machine
 * @param backend what it computes on
 * @param model id of its model
 * @param status what it is doing
 * @param slotsTotal requests it runs at a time, 0 when not known
 * @param startedAt when its process began
 * @param registration how far it is with its registration at an orchestrator; absent when it registers nowhere, or does not say
 */
public record WorkerProcess(String workerId, long pid, int port, String endpoint, Backend backend, String model,
        WorkerStatus status, int slotsTotal, Instant startedAt, @Nullable RegistrationView registration) {}
