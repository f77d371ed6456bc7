package dev.rbees.ctl.top;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.PoolState;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.task.Priority;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerStatus;

/**
 * What goes on behind an orchestrator at one moment.
 *
 * @param orchestrator its address
 * @param status as {@code /health} says it
 * @param totals over all machines and workers
 * @param machines the pools
 * @param workers that are registered
 * @param queue tasks that wait, by model and class
 */
public record Overview(String orchestrator, String status, Totals totals, List<Machine> machines, List<Worker> workers,
        List<Waiting> queue) {

    public Overview {
        machines = List.copyOf(machines);
        workers = List.copyOf(workers);
        queue = List.copyOf(queue);
    }

    /**
     * @param machines pools that answer
     * @param workers that are registered
     * @param slotsTotal of the workers
     * @param slotsBusy of these, in use
     * @param interactive tasks that wait of this class
     * @param batch tasks that wait of this class
     * @param tokensPerSecond of answers of tasks that ended, lately; null before the second look
     */
    public record Totals(int machines, int workers, int slotsTotal, int slotsBusy, int interactive, int batch,
            @Nullable Double tokensPerSecond) {}

    /**
     * A pool.
     *
     * @param id its name
     * @param host where it is
     * @param state its health
     * @param problem why it cannot be used, null when it can
     * @param lastSeenAt its last good answer, null for none
     * @param memory null while nothing is known of it
     * @param devices its graphics cards
     */
    public record Machine(String id, String host, PoolState state, @Nullable String problem, @Nullable Instant lastSeenAt,
            PoolStatus.@Nullable Memory memory, List<PoolStatus.Gpu> devices) {}

    /**
     * A worker.
     *
     * @param workerId its id
     * @param machine the pool that it is on, null where that is not known
     * @param status what it is doing
     * @param model id of its model
     * @param backend what it computes on
     * @param slotsTotal requests it runs at a time
     * @param slotsBusy of these, in use
     * @param tokensPerSecond of answers of its tasks that ended, lately; null before the second look
     */
    public record Worker(String workerId, @Nullable String machine, WorkerStatus status, String model, Backend backend,
            int slotsTotal, int slotsBusy, @Nullable Double tokensPerSecond) {}

    /**
     * @param model id of the model
     * @param priority the class
     * @param tasks how many wait; of a longer queue, among its newest thousand
     */
    public record Waiting(String model, Priority priority, int tasks) {}
}
