package dev.rbees.ctl.command;

import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskExplanation.Attempt;
import dev.rbees.api.task.TaskExplanation.Candidate;
import dev.rbees.api.task.TaskExplanation.Choice;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Printable;
import dev.rbees.ctl.client.Orchestrator;
import dev.rbees.ctl.client.WaitingReason;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code jobs explain}. */
record ExplainCommand(Console console) {

    static final CommandSpec SPEC = new CommandSpec("jobs explain",
            "Say why a task is where it is: for what it waits, which workers had it, and why those", List.of(JobCommands.ID),
            Orchestrators.and(OutputFormat.OPTION), List.of("rbees jobs explain" + JobCommands.SOME_ID));

    private static final InstantSource CLOCK = InstantSource.system();

    private static final Listing<TaskExplanation> TASK = new Listing<>(TaskExplanation::jobId, List.of(
            Column.text("JOB", TaskExplanation::jobId),
            Column.word("STATUS", TaskExplanation::status),
            Column.text("MODEL", TaskExplanation::model),
            Column.word("PRIORITY", task -> task.priority().wireName()),
            Column.text("SESSION", TaskExplanation::sessionId),
            Column.word("WAITED", task -> Amounts.time(Duration.ofMillis(task.waitedMs()))),
            Column.number("POSITION", task -> task.waiting() == null ? null : task.waiting().queuePosition()),
            Column.text("WORKERS", task -> task.waiting() == null ? null : counts(task.waiting().workers()))));

    private static final Listing<Attempt> ATTEMPTS = new Listing<>(attempt -> String.valueOf(attempt.number()), List.of(
            Column.number("ATTEMPT", Attempt::number),
            Column.text("WORKER", Attempt::workerId),
            Column.age("STARTED", Attempt::startedAt, CLOCK),
            Column.number("FROM TOKEN", Attempt::firstToken),
            Column.word("EXACT", attempt -> attempt.exact() ? "yes" : "no"),
            Column.word("OUTCOME", attempt -> Objects.requireNonNullElse(attempt.outcome(), "running")),
            Column.sentence("WHY THERE", attempt -> why(attempt.choice()))));

    private static final Listing<Considered> CANDIDATES = new Listing<>(seen -> seen.candidate().workerId(), List.of(
            Column.number("ATTEMPT", Considered::attempt),
            Column.text("CANDIDATE", seen -> seen.candidate().workerId()),
            Column.number("SCORE", seen -> seen.candidate().score()),
            Column.number("FREE SLOTS", seen -> seen.candidate().slotsFree()),
            Column.word("CHOSEN", seen -> seen.chosen() ? "yes" : null)));

    private static final Listing<Map.Entry<String, String>> SITES = new Listing<>(Map.Entry::getKey, List.of(
            Column.text("MACHINE", Map.Entry::getKey),
            Column.sentence("WHY NOT THERE", Map.Entry::getValue)));

    /** A worker that an attempt could have gone to. */
    private record Considered(int attempt, Candidate candidate, boolean chosen) {}

    int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        Orchestrator orchestrator = Orchestrators.of(line, console.environment());
        TaskExplanation task = orchestrator.withTask(line.argument(0), orchestrator::explain);
        TASK.printDetails(console.out(), format, task);
        if (format == OutputFormat.TABLE) {
            tell(task);
        }
        return ExitCode.OK.code();
    }

    private void tell(TaskExplanation task) {
        PrintStream out = console.out();
        if (task.waiting() != null) {
            // why: a newer orchestrator has reasons that are not known here, and programs can read them all the same
            out.println("\n" + capital(WaitingReason.of(task)
                    .orElse("it waits: " + Printable.text(task.waiting().reason()).replace('_', ' '))) + ".");
        }
        if (task.waiting() != null && !task.waiting().sites().isEmpty()) {
            out.println();
            SITES.print(out, OutputFormat.TABLE, List.copyOf(new TreeMap<>(task.waiting().sites()).entrySet()));
        }
        if (!task.attempts().isEmpty()) {
            out.println();
            ATTEMPTS.print(out, OutputFormat.TABLE, task.attempts());
        }
        List<Considered> considered = task.attempts().stream().flatMap(ExplainCommand::considered).toList();
        // why: where no attempt had a choice, the attempts say all
        if (considered.stream().anyMatch(seen -> !seen.chosen())) {
            out.println();
            CANDIDATES.print(out, OutputFormat.TABLE, considered);
        }
        out.flush();
    }

    private static Stream<Considered> considered(Attempt attempt) {
        Choice choice = attempt.choice();
        return choice == null
                ? Stream.empty()
                : choice.candidates().stream().map(candidate -> new Considered(attempt.number(), candidate,
                        candidate.workerId().equals(attempt.workerId())));
    }

    private static @Nullable String why(@Nullable Choice choice) {
        if (choice == null) {
            return null;
        }
        String reason = switch (choice.reason()) {
            case "policy" -> "best by " + choice.policy().replace('_', '-').toLowerCase(Locale.ROOT);
            case "same_numerics" -> "it calculates as the worker before it, so that the text goes on bit for bit";
            case "affinity" -> "it had the prompt's beginning or the session before";
            default -> choice.reason();
        };
        return reason + "; workers of the model: " + counts(choice.workers());
    }

    /** How many workers are in which state, such as {@code 1 full, 2 free}. */
    private static String counts(Map<String, Integer> workers) {
        return workers.isEmpty()
                ? "none"
                : new TreeMap<>(workers).entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey().replace('_', ' '))
                        .collect(Collectors.joining(", "));
    }

    private static String capital(String sentence) {
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
    }
}
