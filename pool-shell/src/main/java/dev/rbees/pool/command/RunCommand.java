package dev.rbees.pool.command;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;
import dev.rbees.home.LockFile;
import dev.rbees.pool.model.ModelDownloads;
import dev.rbees.pool.model.ModelReferences;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.SpawnRequest;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.client.AnswerPrinter;
import dev.rbees.shell.client.Credentials;
import dev.rbees.shell.client.Worker;
import dev.rbees.shell.prompt.PromptOptions;
import dev.rbees.shell.prompt.PromptSource;

/** {@code run}: from the name of a model to an answer, with everything between. */
record RunCommand(ModelStore models, ModelReferences references, ModelDownloads downloads, WorkerFleet fleet,
        WorkerStarts starts, Console console) {

    /** why: with these a small model does not repeat itself, and a large one loses nothing. */
    private static final PromptOptions.Usual USUAL = new PromptOptions.Usual(512, 0.7, 0.95, 1.1);
    private static final Set<WorkerStatus> SERVING = Set.of(WorkerStatus.READY, WorkerStatus.BUSY);
    private static final String STANDARD_INPUT = "-";

    int run(CommandLine line) {
        Prompt prompt = prompt(line);
        GenerationRequest request = new GenerationRequest("rbees-run-" + UUID.randomUUID(), prompt,
                PromptOptions.sampling(line, USUAL));
        WorkerProcess worker = worker(model(line.argument(0)));
        AnswerPrinter printer = new AnswerPrinter(console.out(), console::say);
        new Worker(URI.create(worker.endpoint()), Credentials.of(ApiToken.of(console.environment()), Optional.empty()))
                .execute(request, printer);
        return printer.exitCode().code();
    }

    private Prompt prompt(CommandLine line) {
        Optional<String> said = line.argumentIfGiven(1);
        if (said.isEmpty() && console.canAsk()) {
            throw new UsageException("<prompt> is missing: what the model is asked. There is no chat in this program; for a"
                    + " conversation, send the messages to the orchestrator's API");
        }
        String text = said.filter(words -> !words.equals(STANDARD_INPUT))
                .orElseGet(() -> new PromptSource(console).fromInput());
        if (text.isBlank()) {
            throw new UsageException("the prompt must not be empty");
        }
        return PromptOptions.prompt(line, text);
    }

    private ModelEntry model(String word) {
        ModelEntry known = models.require(references.resolve(word).id());
        return known.downloaded() ? known : downloads.download(known.id(), false);
    }

    /** One that runs the model already, else a new one, which goes on afterwards. */
    private WorkerProcess worker(ModelEntry model) {
        // why: two that ask at the same time share one worker
        try (LockFile _ = fleet.lockRuns(model.id(), () -> console.say("another run starts a worker of " + model.id()
                + "; waiting for it"))) {
            return found(model).orElseGet(() -> fresh(model));
        }
    }

    private Optional<WorkerProcess> found(ModelEntry model) {
        List<WorkerProcess> there = fleet.list().stream().filter(worker -> worker.model().equals(model.id())).toList();
        Optional<WorkerProcess> ready = there.stream().filter(worker -> SERVING.contains(worker.status())).findFirst();
        return ready.or(() -> there.stream().filter(worker -> worker.status() == WorkerStatus.LOADING).findFirst()
                .map(worker -> starts.ready(worker.workerId())));
    }

    private WorkerProcess fresh(ModelEntry model) {
        SpawnRequest wanted = new SpawnRequest(Backend.CPU, Optional.empty(), model.id(),
                Optional.of(Environment.orchestratorUrls(console.environment())), false, Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), SpawnRequest.Weights.DEFAULT);
        WorkerProcess fresh = starts.fresh(wanted, models.requireDownloaded(model.id()));
        console.say(fresh.workerId() + " runs " + model.id() + " from now on; 'rbees-pool worker stop " + fresh.workerId()
                + "' ends it");
        return fresh;
    }
}
