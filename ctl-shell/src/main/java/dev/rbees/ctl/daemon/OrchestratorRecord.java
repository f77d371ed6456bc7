package dev.rbees.ctl.daemon;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

import dev.rbees.shell.process.ProcessMark;

/**
 * What is written down about the orchestrator of this machine. It is written before the process begins, so that none runs that
 * nobody knows of.
 *
 * @param run stands on its command line, and on that of no other process
 * @param pid its process, 0 when that is not known yet
 * @param processStart tells the process from a later one with the same pid
 * @param url where it listens, for programs of this machine
 * @param startedAt when it was started
 * @param arguments of {@code rbees-orcd}
 */
public record OrchestratorRecord(String run, long pid, String processStart, String url, Instant startedAt,
        List<String> arguments) {

    public OrchestratorRecord {
        arguments = List.copyOf(Objects.requireNonNullElse(arguments, List.of()));
    }

    OrchestratorRecord in(ProcessMark process) {
        return new OrchestratorRecord(run, process.pid(), process.start(), url, startedAt, arguments);
    }

    ProcessMark mark() {
        return new ProcessMark(pid, processStart);
    }

    /** Whether its process still runs. */
    public boolean alive() {
        return mark().alive();
    }
}
