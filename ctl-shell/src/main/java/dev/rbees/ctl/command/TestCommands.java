package dev.rbees.ctl.command;

import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.ctl.host.Machines;
import dev.rbees.ctl.host.PoolTargets;
import dev.rbees.ctl.matrix.Cell;
import dev.rbees.ctl.matrix.Machine;
import dev.rbees.ctl.matrix.ModelTest;
import dev.rbees.ctl.matrix.OtherMachine;
import dev.rbees.ctl.matrix.ResultFolder;
import dev.rbees.ctl.matrix.Results;
import dev.rbees.ctl.matrix.SupportPage;
import dev.rbees.ctl.matrix.ThisMachine;
import dev.rbees.home.RbeesHome;
import dev.rbees.remote.PoolsFile;
import dev.rbees.shell.Console;
import dev.rbees.shell.Farewell;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.process.BackgroundProgram;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Documents;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

import static java.nio.charset.StandardCharsets.UTF_8;

/** {@code test models} and {@code test report}: which models run, and the page that says it. */
final class TestCommands {

    private static final String USUAL_BACKENDS = "cpu,cuda,coreml";
    private static final String USUAL_PROMPT = "Hello, how are you?";

    private static final OptionSpec REPORT = OptionSpec
            .optional("report", "file", "write the page that says it, in Markdown")
            .among(Candidates.FILES);

    private static final CommandSpec MODELS = new CommandSpec("test models",
            "Start each model on each backend, ask it, and stop it again; exits with 1 when one fails that could be tried",
            List.of(),
            List.of(OptionSpec.optional("models", "ids", "with commas (default: " + String.join(",", ModelTest.USUAL) + ")"),
                    OptionSpec.optional("backends", "names", "with commas (default: " + USUAL_BACKENDS + ")"),
                    OptionSpec.optional("prompt", "text", "what each is asked (default: " + USUAL_PROMPT + ")"),
                    OptionSpec.flag("download", "fetch models that are not there"),
                    OptionSpec.repeatable("host", "host", "another machine: a pool's id, a host or an alias; several with"
                            + " commas (default: this machine)").among(Candidates.HOSTS),
                    PoolHosts.ALL,
                    OptionSpec.optional("results", "folder",
                            "keep the results there, one file for each machine, and make the page of all that are there")
                            .among(Candidates.FILES),
                    REPORT, OutputFormat.OPTION),
            List.of("rbees test models --models smollm2-135m --backends cpu",
                    "rbees test models --all --download --results docs/model-support --report docs/MODEL_SUPPORT.md"));

    private static final CommandSpec PAGE = new CommandSpec("test report",
            "Make the page that says which models run of results that are there", List.of(),
            List.of(OptionSpec.required("results", "folder", "with the results").among(Candidates.FILES), REPORT),
            List.of("rbees test report --results docs/model-support --report docs/MODEL_SUPPORT.md"));

    private static final Listing<Row> TABLE = new Listing<>(row -> row.cell().model(), List.of(
            Column.text("MODEL", row -> row.cell().model()),
            Column.word("BACKEND", row -> row.cell().backend()),
            Column.text("MACHINE", Row::machine),
            Column.word("STATUS", row -> row.cell().status().wireName()),
            Column.number("START", row -> row.cell().startSeconds() == null ? null : row.cell().startSeconds() + " s"),
            Column.number("TOKENS/S", row -> row.cell().tokensPerSecond()),
            Column.number("MEMORY", row -> row.cell().residentBytes() == null
                    ? null
                    : Amounts.bytes(row.cell().residentBytes())),
            Column.sentence("WHY NOT", row -> row.cell().reason())));

    private final Console console;
    private final RbeesHome home;

    private record Row(String machine, Cell cell) {}

    TestCommands(Console console, RbeesHome home) {
        this.console = console;
        this.home = home;
    }

    /** In the order of the help. */
    List<ShellCommand> all() {
        return List.of(new ShellCommand(MODELS, this::models), new ShellCommand(PAGE, this::report));
    }

    private int models(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        ModelTest test = new ModelTest(words(line.option("models", String.join(",", ModelTest.USUAL))),
                words(line.option("backends", USUAL_BACKENDS)).stream().map(TestCommands::backend).toList(),
                new ModelTest.Wanted(line.option("prompt", USUAL_PROMPT), line.flag("download")),
                Orchestrators.ofEnvironment(console.environment()));
        Optional<ResultFolder> folder = line.option("results").map(path -> new ResultFolder(Path.of(path)));
        List<Machine> machines = machines(line);
        List<Results> results = new ArrayList<>();
        AtomicReference<@Nullable String> running = new AtomicReference<>();
        try (Farewell _ = Farewell.saying(console, () -> left(running.get()))) {
            for (Machine machine : machines) {
                Results result = run(test, machine, running);
                folder.ifPresent(kept -> kept.write(machine instanceof OtherMachine ? machine.name() : "", result));
                results.add(result);
            }
        }
        Results all = new Results(Results.KIND, LocalDate.now(Clock.systemUTC()),
                results.stream().flatMap(result -> result.runs().stream()).toList());
        line.option(REPORT.name()).ifPresent(file -> folder.map(ResultFolder::page)
                .orElseGet(() -> SupportPage.of(List.of(Json.write(all).getBytes(UTF_8)))).write(Path.of(file)));
        print(format, machines, all);
        console.say(all.count(Cell.Status.PASSED) + " passed, " + all.count(Cell.Status.FAILED) + " failed, "
                + (all.count(Cell.Status.SKIPPED) + all.count(Cell.Status.REFUSED)) + " skipped");
        return all.count(Cell.Status.FAILED) > 0 ? ExitCode.FAILED.code() : ExitCode.OK.code();
    }

    private Results run(ModelTest test, Machine machine, AtomicReference<@Nullable String> running) {
        return test.run(List.of(machine), LocalDate.now(Clock.systemUTC()), new ModelTest.Watch(
                (on, cell) -> console.say(cell.status().wireName() + ": " + cell.model() + " on " + cell.backend() + ", "
                        + on.name() + (cell.reason() == null ? "" : ": " + Printable.message(cell.reason()))),
                worker -> running.set(worker.map(process -> stopping(machine, process)).orElse(null))));
    }

    private static String stopping(Machine machine, WorkerProcess worker) {
        return machine instanceof OtherMachine
                ? "'rbees pool worker stop " + worker.workerId() + " --host " + machine.name() + "'"
                : "'rbees-pool worker stop " + worker.workerId() + "'";
    }

    private static String left(@Nullable String stopping) {
        return stopping == null
                ? "the test was ended; a worker that was just being started may go on, 'worker list' shows it"
                : "the test was ended, and its worker goes on; " + stopping + " ends it";
    }

    private List<Machine> machines(CommandLine line) {
        if (line.options("host").isEmpty() && !line.flag(PoolHosts.ALL.name())) {
            Path pool = new BackgroundProgram("rbees-pool", console.environment(), ErrorCode.INTERNAL).find();
            return List.of(new ThisMachine(pool, console.environment()));
        }
        Machines machines = new Machines(console);
        return new PoolTargets(PoolsFile.of(home)).named(line.options("host"), line.flag(PoolHosts.ALL.name())).stream()
                .<Machine>map(target -> new OtherMachine(machines, target)).toList();
    }

    private void print(OutputFormat format, List<Machine> machines, Results results) {
        switch (format) {
            case JSON -> console.out().println(Documents.json(results));
            case YAML -> console.out().print(Documents.yaml(results));
            case TABLE, NAME -> TABLE.print(console.out(), format, rows(machines, results));
        }
        console.out().flush();
    }

    private static List<Row> rows(List<Machine> machines, Results results) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < machines.size(); i++) {
            String name = machines.get(i).name();
            results.runs().get(i).cells().forEach(cell -> rows.add(new Row(name, cell)));
        }
        return rows;
    }

    private int report(CommandLine line) {
        SupportPage page = new ResultFolder(Path.of(line.option("results").orElseThrow())).page();
        line.option(REPORT.name()).ifPresentOrElse(file -> page.write(Path.of(file)), () -> {
            console.out().print(page.markdown());
            console.out().flush();
        });
        return ExitCode.OK.code();
    }

    private static List<String> words(String text) {
        List<String> words = Stream.of(text.split(",", -1)).map(String::strip).filter(word -> !word.isEmpty()).toList();
        if (words.isEmpty()) {
            throw new UsageException("--models and --backends take at least one name");
        }
        return words;
    }

    private static String backend(String word) {
        return Backend.named(word).map(Backend::wireName)
                .orElseThrow(() -> new UsageException("there is no backend '" + Printable.text(word)
                        + "'; there are cpu, cuda, coreml (or metal) and webgpu"));
    }
}
