package dev.rbees.pool.command;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.SpawnRequest;
import dev.rbees.pool.process.WorkerSpawner;
import dev.rbees.shell.Console;
import dev.rbees.shell.Farewell;
import dev.rbees.shell.render.OutputFormat;
import dev.rbees.shell.render.StatusLine;

/** {@code worker spawn}. */
final class WorkerSpawnCommand {

    private static final int MAX_GPU = 255;
    private static final List<String> FORMS = List.of("int8", "int4", "float32");

    private final ModelStore models;
    private final WorkerSpawner spawner;
    private final Console console;

    WorkerSpawnCommand(ModelStore models, WorkerSpawner spawner, Console console) {
        this.models = models;
        this.spawner = spawner;
        this.console = console;
    }

    int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        SpawnRequest wanted = request(line);
        ModelEntry model = models.requireDownloaded(wanted.model());
        WorkerProcess launched = spawner.launch(wanted, model);
        WorkerListing.WORKERS.printOne(console.out(), format, awaitReady(launched.workerId()));
        return ExitCode.OK.code();
    }

    private WorkerProcess awaitReady(String id) {
        StatusLine status = new StatusLine(console.err(), console.canRewriteErr());
        try (Farewell _ = Farewell.saying(console, () -> id + " goes on loading; 'rbees-pool worker list' shows it")) {
            return spawner.awaitReady(id, (phase, percent) -> status.at(id, phase, percent));
        } catch (RbeesException e) {
            status.end();
            WorkerSpawner.logTail(e).forEach(tail -> console.say("  " + Printable.keepLines(tail)));
            throw e;
        } finally {
            status.end();
        }
    }

    private SpawnRequest request(CommandLine line) {
        Optional<String> url = line.option("orchestrator-url")
                .or(() -> Optional.ofNullable(console.environment().get(Environment.ORCHESTRATOR_URL)))
                .filter(text -> !text.isBlank());
        Backend backend = backend(line.argument(0));
        // why: scripts name the first card for every backend; where there are no cards to choose from, that means nothing
        Optional<Integer> gpu = line.integer("gpu", 0, MAX_GPU).filter(_ -> backend == Backend.CUDA);
        return new SpawnRequest(backend, gpu, line.option("model").orElseThrow(), url, everywhere(line),
                line.option("advertise-host"), line.integer("port", 1024, 65535), line.integer("slots", 1, 256),
                line.integer("threads", 1, 1024), line.integer("context-length", 16, 16 * 1024 * 1024), quantize(line),
                line.flag("compact"));
    }

    /** why: on loopback or everywhere, because then the commands of this machine reach the worker in any case. */
    private boolean everywhere(CommandLine line) {
        String bind = line.option("bind", "127.0.0.1");
        if (!bind.equals("127.0.0.1") && !bind.equals("0.0.0.0")) {
            throw new UsageException("--bind must be 127.0.0.1 or 0.0.0.0 (got '" + Printable.text(bind)
                    + "'); --advertise-host says which address the orchestrator is to use");
        }
        if (bind.equals("0.0.0.0") && ApiToken.of(console.environment()).isEmpty()) {
            throw new UsageException("--bind 0.0.0.0 needs a token, so that not everybody can use the worker: set "
                    + Environment.API_TOKEN_FILE + " to the same file as on the orchestrator's machine");
        }
        return bind.equals("0.0.0.0");
    }

    private static Optional<String> quantize(CommandLine line) {
        Optional<String> form = line.option("quantize");
        form.filter(word -> !FORMS.contains(word)).ifPresent(word -> {
            throw new UsageException("--quantize must be one of " + String.join(", ", FORMS) + " (got '"
                    + Printable.text(word) + "')" + Suggestion.sentence(word, FORMS));
        });
        return form;
    }

    private static Backend backend(String word) {
        return Backend.named(word).orElseThrow(() -> {
            List<String> names = Stream.of(Backend.values()).map(Backend::wireName).toList();
            return new UsageException("'" + Printable.text(word) + "' is no backend" + Suggestion.sentence(word, names)
                    + " (there are: " + String.join(", ", names) + ")");
        });
    }
}
