package dev.rbees.ctl.command;

import java.util.List;
import java.util.Map;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.task.Accepted;
import dev.rbees.api.task.Priority;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.UsageException;
import dev.rbees.ctl.client.Orchestrator;
import dev.rbees.ctl.client.TaskFollower;
import dev.rbees.ctl.client.TaskOrder;
import dev.rbees.shell.Console;
import dev.rbees.shell.Farewell;
import dev.rbees.shell.client.AnswerPrinter;
import dev.rbees.shell.prompt.PromptOptions;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code jobs submit}. */
final class JobsSubmitCommand {

    static final CommandSpec SPEC = new CommandSpec("jobs submit", "Hand in a task", List.of(),
            PromptOptions.and(
                    OptionSpec.required("model", "id", "the model").among(Candidates.KNOWN_MODELS),
                    OptionSpec.optional("priority", "class", "interactive or batch (default: interactive)")
                            .among(Candidates.of("interactive", "batch")),
                    OptionSpec.flag("follow", "print the answer as it comes"),
                    Orchestrators.OPTION, Orchestrators.CONTEXT, Orchestrators.CA_FILE, OutputFormat.OPTION),
            List.of("rbees jobs submit --model smollm2-135m --prompt 'Name the capital city of France.' --follow"));

    private static final Listing<Accepted> ACCEPTED = new Listing<>(Accepted::jobId, List.of(
            Column.text("JOB", Accepted::jobId),
            Column.text("STATUS", Accepted::status),
            Column.number("POSITION", Accepted::queuePosition)));

    private final Console console;

    JobsSubmitCommand(Console console) {
        this.console = console;
    }

    int run(CommandLine line) {
        boolean follow = line.flag("follow");
        if (follow && line.option(OutputFormat.OPTION.name()).isPresent()) {
            throw new UsageException("--follow prints the answer's text; leave --output out");
        }
        OutputFormat format = OutputFormat.of(line);
        Orchestrator orchestrator = Orchestrators.of(line, console.environment());
        Accepted accepted = orchestrator.submit(order(line));
        if (follow) {
            return follow(orchestrator, accepted.jobId());
        }
        // why: a lone id is what the next command takes, so it is what people get as well
        ACCEPTED.printOne(console.out(), format == OutputFormat.TABLE ? OutputFormat.NAME : format, accepted);
        return ExitCode.OK.code();
    }

    private int follow(Orchestrator orchestrator, String task) {
        AnswerPrinter printer = new AnswerPrinter(console.out(), console::say);
        try (Farewell _ = Farewell.saying(console, () -> JobCommands.farewell(task))) {
            new TaskFollower(orchestrator, printer).followAccepted(task);
        }
        return printer.exitCode().code();
    }

    private TaskOrder order(CommandLine line) {
        Map<String, Object> fields = PromptOptions.sampling(line);
        line.choice("priority", Priority.class).ifPresent(priority -> fields.put("priority", priority));
        return new TaskOrder(line.option("model").orElseThrow(), PromptOptions.prompt(line, console), fields);
    }
}
