package dev.rbees.ctl.command;

import java.time.InstantSource;
import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.operations.ModelView;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UniquePrefix;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code workers} and {@code models}: what the orchestrator has to work with. */
record FleetCommands(Console console) {

    private static final InstantSource CLOCK = InstantSource.system();

    private static final CommandSpec WORKERS = new CommandSpec("workers", "List the workers that are registered", List.of(),
            Orchestrators.and(OutputFormat.OPTION),
            List.of("rbees workers", "rbees workers --output json", "rbees workers show worker-cpu-x7k2p9"));
    private static final CommandSpec SHOW = new CommandSpec("workers show", "Show what the orchestrator knows of a worker",
            List.of(new ArgumentSpec("id", "a worker's id, as 'workers' shows it, or the beginning of one")),
            Orchestrators.and(OutputFormat.OPTION), List.of("rbees workers show worker-cpu-x7k2p9"));
    private static final CommandSpec MODELS = new CommandSpec("models",
            "List the models that tasks may name, and which workers have them loaded", List.of(),
            Orchestrators.and(OutputFormat.OPTION), List.of("rbees models"));

    private static final Listing<WorkerView> TABLE = new Listing<>(WorkerView::workerId, List.of(
            Column.text("WORKER", WorkerView::workerId),
            Column.word("STATUS", worker -> worker.status().wireName()),
            Column.text("MODEL", WorkerView::model),
            Column.word("BACKEND", worker -> worker.backend().wireName()),
            Column.number("SLOTS", WorkerView::slotsTotal),
            Column.number("FREE", WorkerView::slotsFree),
            Column.number("CONTEXT", WorkerView::contextLength),
            Column.age("SEEN", WorkerView::lastSeenAt, CLOCK),
            Column.text("ENDPOINT", WorkerView::endpoint)));

    private static final Listing<WorkerView> DETAILS = new Listing<>(WorkerView::workerId, List.of(
            Column.text("WORKER", WorkerView::workerId),
            Column.word("STATUS", worker -> worker.status().wireName()),
            Column.text("MODEL", WorkerView::model),
            Column.text("DIGEST", WorkerView::modelDigest),
            Column.word("BACKEND", worker -> worker.backend().wireName()),
            Column.text("CAPABILITIES", worker -> String.join(", ", worker.capabilities())),
            Column.text("ENDPOINT", WorkerView::endpoint),
            Column.text("SLOTS", worker -> worker.slotsFree() + " of " + worker.slotsTotal() + " free"),
            Column.number("CONTEXT", WorkerView::contextLength),
            Column.age("REGISTERED", WorkerView::registeredAt, CLOCK),
            Column.age("SEEN", WorkerView::lastSeenAt, CLOCK),
            Column.word("CIRCUIT", worker -> worker.circuit().replace('_', ' '))));

    private static final int SHORT_DIGEST = 12;

    private static final Listing<ModelView> KNOWN = new Listing<>(ModelView::modelId, List.of(
            Column.text("MODEL", ModelView::modelId),
            Column.word("DIGEST", model -> shortened(model.modelDigest())),
            Column.number("CONTEXT", ModelView::contextLength),
            Column.text("LOADED ON", model -> String.join(", ", model.workers()))));

    /** In the order of the help. */
    List<ShellCommand> all() {
        return List.of(new ShellCommand(WORKERS, this::workers), new ShellCommand(SHOW, this::show),
                new ShellCommand(MODELS, this::models));
    }

    private int workers(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<WorkerView> workers = Orchestrators.of(line, console.environment()).workers();
        TABLE.print(console.out(), format, workers);
        if (workers.isEmpty()) {
            console.say("No workers are registered; 'rbees-pool worker spawn' starts one.");
        }
        return ExitCode.OK.code();
    }

    private int show(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<WorkerView> workers = Orchestrators.of(line, console.environment()).workers();
        List<String> ids = workers.stream().map(WorkerView::workerId).toList();
        String word = line.argument(0);
        WorkerView meant = UniquePrefix.resolve(word, ids)
                .flatMap(id -> workers.stream().filter(worker -> worker.workerId().equals(id)).findFirst())
                .orElseThrow(() -> new RbeesException(ErrorCode.WORKER_NOT_FOUND, "no worker '" + Printable.text(word)
                        + "' is registered" + Suggestion.sentence(word, ids) + "; 'rbees workers' shows them"));
        DETAILS.printDetails(console.out(), format, meant);
        return ExitCode.OK.code();
    }

    private int models(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<ModelView> models = Orchestrators.of(line, console.environment()).models();
        KNOWN.print(console.out(), format, models);
        if (models.isEmpty()) {
            console.say("No models are known yet.");
        }
        return ExitCode.OK.code();
    }

    /** why: as other tools show digests; JSON has all of it. */
    private static String shortened(String digest) {
        return digest.length() <= SHORT_DIGEST ? digest : digest.substring(0, SHORT_DIGEST);
    }
}
