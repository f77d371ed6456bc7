package dev.rbees.ctl.command;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.ctl.client.AnswerPrinter;
import dev.rbees.ctl.client.Worker;
import dev.rbees.shell.Console;

/** {@code infer}. */
final class InferCommand {

    private static final int MAX_TOKENS = 50;
    private static final double TEMPERATURE = 0.7;

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
                sampling(PromptOptions.sampling(line)));
        AnswerPrinter printer = new AnswerPrinter(console.out(), console::say);
        new Worker(line.option("worker").orElseThrow(), Orchestrators.credentials(line, console.environment()))
                .execute(request, printer);
        return printer.exitCode().code();
    }

    @SuppressWarnings("unchecked")
    private static SamplingParameters sampling(Map<String, Object> said) {
        return new SamplingParameters((Integer) said.getOrDefault("max_tokens", MAX_TOKENS),
                (Double) said.getOrDefault("temperature", TEMPERATURE),
                new Truncation((Integer) said.getOrDefault("top_k", 0), 1, (Double) said.getOrDefault("top_p", 1.0),
                        (Double) said.getOrDefault("min_p", 0.0)),
                new Penalties((Double) said.getOrDefault("repetition_penalty", 1.0), 0, 0), Map.of(),
                (List<String>) said.getOrDefault("stop", List.of()), (Seed) said.get("seed"), false, null,
                new ResponseFormat.Text());
    }
}
