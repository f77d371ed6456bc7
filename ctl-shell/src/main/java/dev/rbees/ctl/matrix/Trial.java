package dev.rbees.ctl.matrix;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.PoolInfo;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.Seed;
import dev.rbees.api.worker.Capabilities;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.ctl.client.WorkerProbe;
import dev.rbees.ctl.host.Reach;
import dev.rbees.shell.client.Credentials;

/**
 * Tries one model on one backend of one machine: starts a worker that registers nowhere, twice, asks it the same thing twice and
 * something longer once, and stops it again.
 */
final class Trial {

    static final Duration COMMAND = Duration.ofMinutes(2);
    private static final Duration DOWNLOAD = Duration.ofHours(4);
    private static final Duration SPAWN = Duration.ofMinutes(30);
    private static final int SHORT = 10;
    private static final int LONG = 64;
    private static final String ERROR = "error: ";
    private static final String NO_SOURCE = "no source gives";
    private static final String NOT_SUPPORTED = "this version of rbees";
    private static final String TOO_LARGE = "needs at least";

    private final Machine machine;
    private final PoolInfo info;
    private final ModelTest.Wanted wanted;
    private final Credentials credentials;
    private final Consumer<Optional<WorkerProcess>> running;

    /** What was seen of a worker that ran. */
    record Measured(WorkerHealth health, AnswerCheck.Answer answer, @Nullable Double tokensPerSecond,
            @Nullable Long residentAfterFirst, @Nullable Long resident) {}

    /** @param running hears of the worker that runs now, and when none does any more */
    Trial(Machine machine, PoolInfo info, ModelTest.Wanted wanted, Credentials credentials,
            Consumer<Optional<WorkerProcess>> running) {
        this.machine = machine;
        this.info = info;
        this.wanted = wanted;
        this.credentials = credentials;
        this.running = running;
    }

    /** @throws RbeesException CANCELLED when the thread was interrupted; anything else becomes part of the cell */
    Cell run(String model, String backend) {
        try {
            needBackend(backend);
            ModelEntry entry = needModel(model);
            return measured(entry, backend);
        } catch (TrialException e) {
            return Cell.of(model, backend, e.status(), e.reason());
        } catch (RbeesException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            return Cell.of(model, backend, Cell.Status.FAILED, e.userMessage());
        }
    }

    private Cell measured(ModelEntry model, String backend) throws TrialException {
        long begin = System.nanoTime();
        WorkerProcess first = spawn(model.id(), backend);
        double firstStart = seconds(begin);
        stop(first);
        begin = System.nanoTime();
        WorkerProcess worker = spawn(model.id(), backend);
        Cell.Starts starts = new Cell.Starts(firstStart, seconds(begin));
        Cell cell;
        try {
            cell = Cell.passed(model, backend, starts, measure(worker, model.id() + "-" + backend));
        } catch (TrialException e) {
            cell = Cell.of(model.id(), backend, e.status(), e.reason());
        } catch (RbeesException e) {
            cell = Cell.of(model.id(), backend, Cell.Status.FAILED, e.userMessage());
        }
        try {
            stop(worker);
            return cell;
        } catch (TrialException e) {
            return cell.failed("it cannot be stopped: " + e.reason());
        }
    }

    private void needBackend(String backend) throws TrialException {
        if (backend.equals("cuda") && info.gpus().isEmpty()) {
            throw TrialException.skipped("this machine has no NVIDIA card");
        }
        if ((backend.equals("coreml") || backend.equals("webgpu")) && !info.os().contains("Mac")) {
            throw TrialException.skipped("this machine is no Mac");
        }
    }

    private ModelEntry needModel(String model) throws TrialException {
        Machine.Output known = machine.run(List.of("models", "show", model, "--output", "json"), COMMAND);
        if (known.status() == ExitCode.NOT_FOUND.code()) {
            throw TrialException.skipped(error(known));
        }
        ModelEntry entry = json(known, ModelEntry.class);
        if (entry.downloaded()) {
            return entry;
        }
        if (!wanted.download()) {
            throw TrialException.skipped("it is not on this machine, and --download was not given");
        }
        Machine.Output fetched = machine.run(List.of("models", "download", model, "--output", "json"), DOWNLOAD);
        if (fetched.status() != 0 && error(fetched).contains(NO_SOURCE)) {
            throw TrialException.skipped(error(fetched));
        }
        return json(fetched, ModelEntry.class);
    }

    private WorkerProcess spawn(String model, String backend) throws TrialException {
        Machine.Output spawned = machine.run(List.of("worker", "spawn", backend, "--model", model, "--orchestrator-url",
                "none", "--output", "json"), SPAWN);
        if (spawned.status() != 0 && error(spawned).contains(NOT_SUPPORTED)) {
            throw new TrialException(Cell.Status.REFUSED, error(spawned));
        }
        if (spawned.status() != 0 && error(spawned).contains(TOO_LARGE)) {
            throw TrialException.skipped(error(spawned));
        }
        WorkerProcess worker = json(spawned, WorkerProcess.class);
        running.accept(Optional.of(worker));
        return worker;
    }

    private void stop(WorkerProcess worker) throws TrialException {
        Machine.Output stopped = machine.run(List.of("worker", "stop", worker.workerId()), COMMAND);
        if (stopped.status() != 0) {
            throw TrialException.failed(error(stopped));
        }
        running.accept(Optional.empty());
    }

    private Measured measure(WorkerProcess worker, String name) throws TrialException {
        try (Reach reach = machine.reach(worker.port())) {
            WorkerProbe probe = new WorkerProbe(reach.base(), credentials);
            WorkerHealth health = probe.health();
            if (!health.capabilities().contains(Capabilities.TEXT_GENERATION)) {
                throw TrialException.skipped("it makes no text");
            }
            AnswerCheck.Answer answer = AnswerCheck.judge(probe.events(request("test-" + name, SHORT, false)));
            AnswerCheck.Answer again = AnswerCheck.judge(probe.events(request("test-" + name, SHORT, false)));
            if (!again.text().equals(answer.text())) {
                throw TrialException.failed("the same question with the same seed gave another answer");
            }
            Long afterFirst = machine.residentBytes(worker.pid()).orElse(null);
            AnswerCheck.Answer longer = AnswerCheck.judge(probe.events(request("speed-" + name, LONG, true)));
            return new Measured(health, answer, rate(longer), afterFirst, machine.residentBytes(worker.pid()).orElse(null));
        }
    }

    private GenerationRequest request(String id, int tokens, boolean ignoreEos) {
        return new GenerationRequest(id, new Prompt.Raw(wanted.prompt()), new SamplingParameters(tokens, 0,
                new SamplingParameters.Truncation(0, 1, 1, 0), new SamplingParameters.Penalties(1, 0, 0), Map.of(),
                List.of(), new Seed(42), ignoreEos, null, new ResponseFormat.Text()));
    }

    private static @Nullable Double rate(AnswerCheck.Answer answer) {
        return answer.decodeMs() > 0 ? tenths((answer.tokens() - 1) * 1000.0 / answer.decodeMs()) : null;
    }

    private static double seconds(long sinceNanos) {
        return tenths((System.nanoTime() - sinceNanos) / 1e9);
    }

    private static double tenths(double number) {
        return Math.round(number * 10) / 10.0;
    }

    /** What a command prints as JSON. */
    static <T> T json(Machine.Output output, Class<T> type) throws TrialException {
        if (output.status() != 0) {
            throw TrialException.failed(error(output));
        }
        try {
            return Json.read(output.out(), type);
        } catch (RbeesException _) {
            throw TrialException.failed("what rbees-pool there prints is not understood; is it of the same version?");
        }
    }

    private static String error(Machine.Output output) {
        return output.err().lines().filter(line -> line.startsWith(ERROR)).reduce((_, last) -> last)
                .map(line -> line.substring(ERROR.length())).orElse("rbees-pool ended with exit code " + output.status());
    }
}
