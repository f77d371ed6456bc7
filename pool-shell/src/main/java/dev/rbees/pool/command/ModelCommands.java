package dev.rbees.pool.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.pool.model.FileCheck;
import dev.rbees.pool.model.ModelDownloads;
import dev.rbees.pool.model.ModelImport;
import dev.rbees.pool.model.ModelReferences;
import dev.rbees.pool.model.ModelRegistration;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.OutputFormat;
import dev.rbees.shell.render.ProgressLine;

/** {@code models …}. */
record ModelCommands(ModelStore store, ModelDownloads downloads, ModelImport imports, ModelReferences references,
        ModelRegistration registration, WorkerFleet fleet, ProgressLine progress, Console console) {

    private static final List<String> FORMATS = List.of("gguf", "safetensors", "onnx");
    private static final int MOST_POSITIONS = 16 * 1024 * 1024;

    int catalog(CommandLine line) {
        ModelListing.MODELS.print(console.out(), OutputFormat.of(line), store.known());
        return ExitCode.OK.code();
    }

    int list(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<ModelEntry> models = store.downloaded();
        ModelListing.MODELS.print(console.out(), format, models);
        if (models.isEmpty()) {
            console.say("No models on this machine. 'rbees-pool models catalog' shows what can be downloaded.");
        }
        return ExitCode.OK.code();
    }

    int show(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        ModelListing.ONE.printDetails(console.out(), format, store.require(references.resolve(line.argument(0)).id()));
        return ExitCode.OK.code();
    }

    int download(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        String typed = line.argument(0);
        String id = line.option("quant").map(quant -> references.resolve(typed, quant))
                .orElseGet(() -> references.resolve(typed)).id();
        boolean anew = line.flag("force");
        ModelEntry model = line.option("source").map(source -> downloads.download(id, anew, source))
                .orElseGet(() -> downloads.download(id, anew));
        ModelListing.MODELS.printOne(console.out(), format, model);
        return ExitCode.OK.code();
    }

    int register(CommandLine line) {
        OutputFormat output = OutputFormat.of(line);
        Optional<String> quant = line.option("quant");
        Optional<String> repository = line.option("repo")
                .map(repo -> "hf.co/" + repo + quant.map(name -> ":" + name).orElse(""));
        String source = line.option("source").or(() -> repository).filter(_ -> line.option("source").isEmpty()
                || repository.isEmpty()).orElseThrow(() -> new UsageException("either --source or --repo says where it is"));
        line.option("format").filter(word -> !FORMATS.contains(word)).ifPresent(word -> {
            throw new UsageException("--format must be one of " + String.join(", ", FORMATS));
        });
        ModelEntry model = registration.register(new ModelRegistration.Wanted(line.argument(0), source,
                line.option("name").orElse(null), line.option("format").orElse(null),
                line.option("architecture").orElse(null), quant.orElse(null), line.option("license").orElse(null),
                line.integer("context-length", 1, MOST_POSITIONS).orElse(null)));
        ModelListing.MODELS.printOne(console.out(), output, model);
        return ExitCode.OK.code();
    }

    int unregister(CommandLine line) {
        String id = references.requireKnown(line.argument(0));
        registration.unregister(id);
        console.say("unregistered " + id);
        return ExitCode.OK.code();
    }

    int take(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        String path = line.argument(0);
        if (path.isBlank() || path.indexOf('\0') >= 0) {
            throw new UsageException("<path> must name a file or a folder");
        }
        ModelListing.MODELS.printOne(console.out(), format, imports.take(Path.of(path), line.option("id")));
        return ExitCode.OK.code();
    }

    int verify(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        return report(format, store.verify(references.requireKnown(line.argument(0)), progress));
    }

    int lock(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<FileCheck> checks = new ArrayList<>();
        for (ModelEntry model : store.present()) {
            checks.addAll(store.lock(model.id(), progress));
        }
        if (checks.isEmpty()) {
            console.say("No models on this machine, so there is nothing to lock.");
        }
        return report(format, checks);
    }

    private int report(OutputFormat format, List<FileCheck> checks) {
        ModelListing.CHECKS.print(console.out(), format, checks);
        List<FileCheck> bad = checks.stream().filter(check -> !check.ok()).toList();
        bad.forEach(check -> console.say("error: " + check.id() + "/" + check.file() + ": " + check.detail()
                + "; 'rbees-pool models download --force " + check.id() + "' fetches it anew"));
        return bad.isEmpty() ? ExitCode.OK.code() : ExitCode.FINDINGS.code();
    }

    int delete(CommandLine line) {
        String id = references.requireKnown(line.argument(0));
        ModelEntry model = store.require(id);
        user(id).ifPresent(worker -> {
            throw new RbeesException(ErrorCode.CONFLICT, worker.workerId() + " runs model '" + id
                    + "'; stop it first: rbees-pool worker stop " + worker.workerId());
        });
        if (!line.flag("yes") && console.canAsk() && !console.confirms("Delete " + model.id() + "?")) {
            console.say("nothing was deleted");
            return ExitCode.FAILED.code();
        }
        store.delete(id);
        console.say("deleted " + id);
        return ExitCode.OK.code();
    }

    private Optional<WorkerProcess> user(String model) {
        return fleet.list().stream().filter(worker -> worker.model().equals(model))
                .filter(worker -> worker.status() != WorkerStatus.EXITED).findFirst();
    }

    int diskUsage(CommandLine line) {
        ModelListing.DISK.print(console.out(), OutputFormat.of(line), store.diskUse());
        return ExitCode.OK.code();
    }
}
