package dev.rbees.api.task;

import org.jspecify.annotations.Nullable;

/**
 * For what a task waits whose model no worker has.
 *
 * @param reason {@code worker_starting}, {@code making_room}, {@code no_room}, {@code too_large}, {@code no_files}, {@code no_pool} or
 *        {@code start_failed}
 * @param pool where a worker is being started; null for nowhere
 * @param progress of that start; null for none
 */
public record WaitingFor(String reason, @Nullable String pool, @Nullable Progress progress) {

    /**
     * @param phase such as {@code download} or {@code load}
     * @param percent of the phase, in tens
     */
    public record Progress(String phase, int percent) {}
}
