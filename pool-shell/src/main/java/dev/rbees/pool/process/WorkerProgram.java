package dev.rbees.pool.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.shell.process.BackgroundProgram;
import dev.rbees.shell.process.ProcessMark;

/** {@code rbees-workerd}, and how its processes are known again. */
final class WorkerProgram {

    /** The option that says which worker a process is. */
    static final String WORKER_ID = "--worker-id";

    private final BackgroundProgram program;

    WorkerProgram(Map<String, String> environment) {
        this.program = new BackgroundProgram("rbees-workerd", environment, ErrorCode.WORKER_START_FAILED);
    }

    /**
     * @param arguments of the worker
     * @param log takes its output, after what is in it; readable by its owner alone
     */
    Process start(List<String> arguments, Path log) {
        return program.start(arguments, log);
    }

    /**
     * The launcher of the installation that this program is a part of.
     *
     * @throws dev.rbees.api.error.RbeesException WORKER_START_FAILED when there is none
     */
    Path find() {
        return program.find();
    }

    /** The processes that run workers, whoever started them, by the ids of the workers. */
    static Map<String, ProcessMark> processes() {
        return ProcessMark.byCommandLine(WorkerProgram::worker);
    }

    private static Optional<String> worker(List<String> words) {
        int option = words.indexOf(WORKER_ID);
        return option >= 0 && option + 1 < words.size() ? Optional.of(words.get(option + 1)) : Optional.empty();
    }
}
