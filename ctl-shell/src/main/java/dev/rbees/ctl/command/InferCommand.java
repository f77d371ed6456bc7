package dev.rbees.ctl.command;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.shell.Console;
import dev.rbees.shell.client.Addresses;
import dev.rbees.shell.client.AnswerPrinter;
import dev.rbees.shell.client.Worker;
import dev.rbees.shell.prompt.PromptOptions;
import dev.rbees.shell.prompt.PromptSource;

/** {@code infer}. */
final class InferCommand {

    private static final PromptOptions.Usual USUAL = new PromptOptions.Usual(50, 0.7, 1, 1);

    static final CommandSpec SPEC = new CommandSpec("infer", "Ask a worker directly, to try it out", List.of(),
            PromptOptions.and(
                    OptionSpec.required("worker", "host:port", "the worker; https://host:port for one behind TLS"),
                    Orchestrators.CA_FILE),
            List.of("rbees infer --worker 127.0.0.1:8001 --prompt 'Name the capital city of France.'"));

    private static final String RULE = "─".repeat(80);

    private final Console console;

    InferCommand(Console console) {
        this.console = console;
    }

    int run(CommandLine line) {
        String worker = line.option("worker").orElseThrow();
        String prompt = new PromptSource(console).text(line);
        SamplingParameters sampling = PromptOptions.sampling(line, USUAL);
        GenerationRequest request = new GenerationRequest("rbees-infer-" + UUID.randomUUID(),
                PromptOptions.prompt(line, prompt), sampling);
        Worker asked = new Worker(Addresses.hostAndPort(worker, "--worker"),
                Orchestrators.credentials(line, console.environment()));
        console.say("worker " + worker + ", max tokens " + sampling.maxTokens() + ", temperature " + sampling.temperature());
        console.say("prompt: " + Printable.text(prompt));
        rule();
        // why: what is said, is said behind the answer
        AtomicBoolean answering = new AtomicBoolean(true);
        AnswerPrinter printer = new AnswerPrinter(console.out(), said -> {
            if (answering.getAndSet(false)) {
                rule();
            }
            console.say(said);
        });
        asked.execute(request, printer);
        return printer.exitCode().code();
    }

    /** Sets the answer apart from what is said of it, where both are on one terminal. */
    private void rule() {
        if (console.terminals().err()) {
            console.say(RULE);
        }
    }
}
