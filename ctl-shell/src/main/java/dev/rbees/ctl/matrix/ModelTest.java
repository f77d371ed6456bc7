package dev.rbees.ctl.matrix;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolInfo;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.shell.client.Credentials;

/**
 * Tries every model on every backend of every machine, one after the other; what fails does not end the run.
 *
 * @param models their ids
 * @param backends by their wire names
 * @param wanted how they are tried
 * @param credentials that a worker is shown which asks for a token
 */
public record ModelTest(List<String> models, List<String> backends, Wanted wanted, Credentials credentials) {

    /** The models that are tried where nobody names others. */
    public static final List<String> USUAL = PublishedModels.usual();

    public ModelTest {
        models = List.copyOf(models);
        backends = List.copyOf(backends);
    }

    /**
     * How models are tried.
     *
     * @param prompt what they are asked, without a template
     * @param download whether a model that is not there is fetched
     */
    public record Wanted(String prompt, boolean download) {}

    /** Hears what a run is at. */
    public record Watch(BiConsumer<Machine, Cell> done, Consumer<Optional<WorkerProcess>> running) {}

    /**
     * Runs all of it.
     *
     * @param today the date that the results bear
     * @throws RbeesException CANCELLED when the thread was interrupted
     */
    public Results run(List<Machine> machines, LocalDate today, Watch watch) {
        return new Results(Results.KIND, today, machines.stream().map(machine -> run(machine, watch)).toList());
    }

    private Results.Run run(Machine machine, Watch watch) {
        List<Cell> cells = new ArrayList<>();
        try {
            Optional<Double> load = machine.load();
            PoolInfo info = Trial.json(machine.run(List.of("info", "--output", "json"), Trial.COMMAND), PoolInfo.class);
            Trial trial = new Trial(machine, info, wanted, credentials, watch.running());
            for (String backend : backends) {
                for (String model : models) {
                    Cell cell = trial.run(model, backend);
                    watch.done().accept(machine, cell);
                    cells.add(cell);
                }
            }
            return new Results.Run(facts(info, load), cells);
        } catch (TrialException e) {
            return unreached(machine, e.reason(), watch);
        } catch (RbeesException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            return unreached(machine, e.userMessage(), watch);
        }
    }

    private Results.Run unreached(Machine machine, String why, Watch watch) {
        List<Cell> cells = backends.stream()
                .flatMap(backend -> models.stream().map(model -> Cell.of(model, backend, Cell.Status.FAILED, why))).toList();
        cells.forEach(cell -> watch.done().accept(machine, cell));
        return new Results.Run(null, cells);
    }

    private static Results.Facts facts(PoolInfo info, Optional<Double> load) {
        String cards = String.join(", ", info.gpus().stream().map(PoolStatus.Gpu::name).toList());
        return new Results.Facts(info.os(), processor(info.cpu()), info.memory().totalBytes(), cards, load.orElse(null));
    }

    private static @Nullable String processor(PoolInfo.Cpu cpu) {
        return cpu.model().isBlank() ? null : cpu.model() + ", " + cpu.cores() + " cores";
    }
}
