package dev.rbees.ctl.command;

import java.util.List;
import java.util.UUID;

import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.shell.Console;
import dev.rbees.shell.client.Addresses;
import dev.rbees.shell.client.AnswerPrinter;
import dev.rbees.shell.client.Worker;
import dev.rbees.shell.prompt.PromptOptions;

/** {@code infer}. */
final class InferCommand {

    private static final PromptOptions.Usual USUAL = new PromptOptions.Usual(50, 0.7, 1, 1);

    static final CommandSpec SPEC = new CommandSpec("infer", "Ask a worker directly, to try it out", List.of(),
            PromptOptions.and(
                    OptionSpec.required("worker", "host:port", "the worker; https://host:port for one behind TLS"),
                    Orchestrators.CA_FILE),
            List.of("rbees infer --worker 127.0.0.1:8001 --prompt 'Name the capital city of France.'"));

    private final Console console;

    InferCommand(Console console) {
        this.console = console;
    }

    int run(CommandLine line) {
        GenerationRequest request = new GenerationRequest("rbees-infer-" + UUID.randomUUID(),
                PromptOptions.prompt(line, console),
                PromptOptions.sampling(line, USUAL));
        AnswerPrinter printer = new AnswerPrinter(console.out(), console::say);
        new Worker(Addresses.hostAndPort(line.option("worker").orElseThrow(), "--worker"),
                Orchestrators.credentials(line, console.environment()))
                .execute(request, printer);
        return printer.exitCode().code();
    }
}
