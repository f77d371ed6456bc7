package dev.rbees.pool.process;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

import dev.rbees.api.worker.Backend;
import dev.rbees.shell.process.ProcessMark;

/**
 * What is written down about a worker, so that later commands find it. It is written before the process begins, so that no
 * worker runs that nobody knows of.
 *
 * @param workerId unique id
 * @param pid its process, 0 when that is not known yet
 * @param processStart tells the process from a later one with the same pid
 * @param backend what it computes on
 * @param model id of its model
 * @param port it listens on
 * @param threads cores it was given
 * @param startedAt when its process began
 * @param arguments of {@code rbees-workerd}, by which it is started again; empty for a worker of an older version
 */
record WorkerRecord(String workerId, long pid, String processStart, Backend backend, String model, int port,
        int threads, Instant startedAt, List<String> arguments) {

    WorkerRecord {
        arguments = List.copyOf(Objects.requireNonNullElse(arguments, List.of()));
    }

    ProcessMark mark() {
        return new ProcessMark(pid, processStart);
    }

    /** The same worker in this process. */
    WorkerRecord in(ProcessMark process) {
        return new WorkerRecord(workerId, process.pid(), process.start(), backend, model, port, threads,
                ProcessHandle.of(process.pid()).flatMap(handle -> handle.info().startInstant()).orElse(startedAt),
                arguments);
    }

    /** The same worker in a process that begins now and is not known yet. */
    WorkerRecord begun(Instant now) {
        return new WorkerRecord(workerId, 0, "", backend, model, port, threads, now, arguments);
    }

    String endpoint() {
        return "http://127.0.0.1:" + port;
    }
}
