package dev.rbees.ctl.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskView;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.ctl.client.Orchestrator;
import dev.rbees.ctl.client.TaskFollower;
import dev.rbees.shell.Console;
import dev.rbees.shell.EachWord;
import dev.rbees.shell.Farewell;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.client.AnswerPrinter;
import dev.rbees.shell.render.OutputFormat;

/** {@code jobs …}, for tasks that the orchestrator has. */
record JobCommands(Console console) {

    private static final int DEFAULT_LIMIT = 50;
    static final ArgumentSpec ID = new ArgumentSpec("id",
            "a task's id, as 'jobs list' shows it, or the beginning of one");
    private static final ArgumentSpec IDS = ID.several();
    static final String SOME_ID = " 0c5e8c1e-3f5a-4b5e-9a55-0a3c2f1d7b11";

    private static final Candidates STATES = Candidates.of(Stream.of(TaskState.values())
            .map(state -> state.name().toLowerCase(Locale.ROOT)).toArray(String[]::new));

    private static final CommandSpec FOLLOW = new CommandSpec("jobs follow", "Print a task's answer from its beginning",
            List.of(ID), Orchestrators.and(), List.of("rbees jobs follow" + SOME_ID));
    private static final CommandSpec LIST = new CommandSpec("jobs list", "List the newest tasks", List.of(),
            Orchestrators.and(
                    OptionSpec.optional("status", "state", "only tasks in this state, such as queued or completed")
                            .among(STATES),
                    OptionSpec.optional("limit", "number", "how many at most (default: " + DEFAULT_LIMIT + ")"),
                    OutputFormat.OPTION),
            List.of("rbees jobs list --status running"));
    private static final CommandSpec SHOW = new CommandSpec("jobs show", "Show a task's record", List.of(IDS),
            Orchestrators.and(OutputFormat.OPTION), List.of("rbees jobs show" + SOME_ID + " --output yaml"));
    private static final CommandSpec STATUS = new CommandSpec("jobs status", "The same as 'jobs show'", SHOW.arguments(),
            SHOW.options(), List.of("rbees jobs status" + SOME_ID));
    private static final CommandSpec CANCEL = new CommandSpec("jobs cancel",
            "End a task; one that has ended already stays as it is", List.of(IDS), Orchestrators.and(),
            List.of("rbees jobs cancel" + SOME_ID, "rbees jobs cancel 0c5e 7f1b"));

    /** In the order of the help. */
    List<ShellCommand> all() {
        return List.of(new ShellCommand(FOLLOW, this::follow), new ShellCommand(LIST, this::list),
                new ShellCommand(SHOW, this::show), new ShellCommand(STATUS, this::show),
                new ShellCommand(ExplainCommand.SPEC, new ExplainCommand(console)::run),
                new ShellCommand(CANCEL, this::cancel));
    }

    /** What to say when the user stops following. */
    static String farewell(String task) {
        return "the task goes on; 'rbees jobs follow " + task + "' shows its answer, 'rbees jobs cancel " + task
                + "' ends it";
    }

    private int follow(CommandLine line) {
        Orchestrator orchestrator = Orchestrators.of(line, console.environment());
        return orchestrator.withTask(Ids.require("id", line.argument(0)), task -> {
            AnswerPrinter printer = new AnswerPrinter(console.out(), console::say);
            try (Farewell _ = Farewell.saying(console, () -> farewell(task))) {
                new TaskFollower(orchestrator, printer).follow(task);
            }
            return printer.exitCode().code();
        });
    }

    private int list(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        Optional<TaskState> status = line.choice("status", TaskState.class);
        int limit = line.integer("limit", 1, Orchestrator.MOST_LISTED).orElse(DEFAULT_LIMIT);
        List<TaskView> tasks = Orchestrators.of(line, console.environment()).list(status, limit);
        TaskListing.TASKS.print(console.out(), format, tasks);
        if (tasks.isEmpty()) {
            console.say("No tasks.");
        }
        return ExitCode.OK.code();
    }

    private int show(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        Orchestrator orchestrator = Orchestrators.of(line, console.environment());
        if (line.arguments().size() == 1) {
            return showOne(format, orchestrator.withTask(line.argument(0), orchestrator::show));
        }
        List<TaskView> tasks = new ArrayList<>();
        int code = EachWord.of(line.arguments(), console, word -> {
            tasks.add(orchestrator.withTask(word, orchestrator::show));
            return ExitCode.OK.code();
        });
        TaskListing.TASKS.print(console.out(), format, tasks);
        return code;
    }

    private int showOne(OutputFormat format, TaskView task) {
        TaskListing.TASKS.printOne(console.out(), format, task);
        if (format == OutputFormat.TABLE && !task.attempts().isEmpty()) {
            console.out().println();
            TaskListing.ATTEMPTS.print(console.out(), format, task.attempts());
        }
        if (format == OutputFormat.TABLE && task.error() != null) {
            console.out().println("\n" + Printable.keepLines(task.error().message()));
        }
        return ExitCode.OK.code();
    }

    private int cancel(CommandLine line) {
        Orchestrator orchestrator = Orchestrators.of(line, console.environment());
        return EachWord.of(line.arguments(), console, word -> orchestrator.withTask(word, id -> {
            TaskState state = orchestrator.cancel(id).status();
            console.say(state.terminal() && state != TaskState.CANCELLED
                    ? id + " had ended already: " + state
                    : "cancelled " + id);
            return ExitCode.OK.code();
        }));
    }
}
