package dev.rbees.pool.command;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.model.ModelDownloads;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.OutputFormat;

/** {@code models download}. */
final class ModelsDownloadCommand implements ShellCommand {

    private final ModelDownloads downloads;
    private final Console console;

    ModelsDownloadCommand(ModelDownloads downloads, Console console) {
        this.downloads = downloads;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return PoolSpecs.MODELS_DOWNLOAD;
    }

    @Override
    public int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        ModelListing.MODELS.printOne(console.out(), format, downloads.download(line.argument(0)));
        return ExitCode.OK.code();
    }
}
