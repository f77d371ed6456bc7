package dev.rbees.pool.process;

import java.time.Instant;

import dev.rbees.api.worker.Backend;

/**
 * What is written down about a worker process, so that later commands find it.
 *
 * @param workerId unique id
 * @param pid its process
 * @param processStart tells the process from a later one with the same pid
 * @param backend what it computes on
 * @param model id of its model
 * @param port it listens on
 * @param threads cores it was given
 * @param startedAt when its process began
 */
record WorkerRecord(String workerId, long pid, String processStart, Backend backend, String model, int port,
        int threads, Instant startedAt) {

    ProcessMark mark() {
        return new ProcessMark(pid, processStart);
    }

    String endpoint() {
        return "http://127.0.0.1:" + port;
    }
}
