package dev.rbees.pool.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.worker.Backend;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.model.ModelReferences;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.SpawnRequest;
import dev.rbees.shell.Console;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.OutputFormat;

/** {@code worker spawn}. */
final class WorkerSpawnCommand {

    private static final int MAX_GPU = 255;
    /** What a folder may have a model's weights as. */
    private enum WeightsKind {
        SAFETENSORS,
        ONNX
    }

    private static final List<String> FORMS = List.of("int8", "int4", "float32");

    private static final String NOWHERE = "none";

    private final ModelStore models;
    private final ModelReferences references;
    private final WorkerStarts starts;
    private final RbeesHome home;
    private final Console console;

    WorkerSpawnCommand(ModelStore models, ModelReferences references, WorkerStarts starts, RbeesHome home, Console console) {
        this.models = models;
        this.references = references;
        this.starts = starts;
        this.home = home;
        this.console = console;
    }

    int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        SpawnRequest wanted = request(line);
        WorkerListing.WORKERS.printOne(console.out(), format,
                starts.registered(starts.fresh(wanted, models.requireDownloaded(wanted.model()))));
        return ExitCode.OK.code();
    }

    private SpawnRequest request(CommandLine line) {
        String url = line.option("orchestrator-url", Environment.orchestratorUrls(console.environment()));
        Optional<String> tokenFile = tokenFile(line);
        Backend backend = backend(line.argument(0));
        // why: scripts name the first card for every backend; where there are no cards to choose from, that means nothing
        Optional<Integer> gpu = line.integer("gpu", 0, MAX_GPU).filter(_ -> backend == Backend.CUDA);
        return new SpawnRequest(backend, gpu, references.resolve(line.option("model").orElseThrow()).id(),
                Optional.of(url).filter(text -> !text.isBlank() && !text.equals(NOWHERE)),
                everywhere(line, tokenFile.isPresent()), line.option("advertise-host"), tokenFile,
                line.integer("port", 1024, 65535), line.integer("slots", 1, 256), line.integer("threads", 1, 1024),
                line.integer("context-length", 16, 16 * 1024 * 1024), weights(line),
                workerId(line), line.whole("memory", 1, Long.MAX_VALUE));
    }

    private static Optional<String> workerId(CommandLine line) {
        Optional<String> id = line.option("worker-id");
        id.filter(text -> !Ids.isId(text)).ifPresent(text -> {
            throw new UsageException(
                    "--worker-id must be 1 to 64 letters, digits, dots, dashes or underscores and begin with"
                            + " a letter or digit (got '" + Printable.text(text) + "')");
        });
        return id;
    }

    /** Its absolute path, when it is a file that may hold a token. */
    private Optional<String> tokenFile(CommandLine line) {
        if (line.flag(PoolSpecs.TOKEN_STDIN.name())) {
            if (line.option("token-file").isPresent()) {
                throw new UsageException("either --token-file or --token-stdin says what the token is");
            }
            return Optional.of(ApiToken.receive(console.in(), home.keys()).toString());
        }
        return line.option("token-file").map(path -> {
            ApiToken.read(Path.of(path));
            return Path.of(path).toAbsolutePath().toString();
        });
    }

    private static SpawnRequest.Weights weights(CommandLine line) {
        return new SpawnRequest.Weights(
                line.choice("weights", WeightsKind.class).map(kind -> kind.name().toLowerCase(Locale.ROOT)),
                quantize(line), line.flag("compact"));
    }

    /** why: on loopback or everywhere, because then the commands of this machine reach the worker in any case. */
    private boolean everywhere(CommandLine line, boolean hasToken) {
        String bind = line.option("bind", "127.0.0.1");
        if (!bind.equals("127.0.0.1") && !bind.equals("0.0.0.0")) {
            throw new UsageException("--bind must be 127.0.0.1 or 0.0.0.0 (got '" + Printable.text(bind)
                    + "'); --advertise-host says which address the orchestrator is to use");
        }
        if (bind.equals("0.0.0.0") && !hasToken && ApiToken.of(console.environment()).isEmpty()) {
            throw new UsageException(
                    "--bind 0.0.0.0 needs a token, so that not everybody can use the worker: name a file with"
                            + " the same token as on the orchestrator's machine, by --token-file or "
                            + Environment.API_TOKEN_FILE);
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
