package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.cli.CommandLine;
import dev.rbees.pool.model.ModelDownloads;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.OutputFormat;

/** {@code models …}. */
record ModelCommands(ModelStore store, ModelDownloads downloads, Console console) {

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

    int download(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        ModelListing.MODELS.printOne(console.out(), format, downloads.download(line.argument(0)));
        return ExitCode.OK.code();
    }
}
