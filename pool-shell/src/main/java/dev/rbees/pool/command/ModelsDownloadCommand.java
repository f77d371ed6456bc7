package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.model.ModelDownloads;
import dev.rbees.pool.render.OutputFormat;
import dev.rbees.pool.shell.Console;
import dev.rbees.pool.shell.ShellCommand;

/** {@code models download}. */
final class ModelsDownloadCommand implements ShellCommand {

    static final CommandSpec SPEC = new CommandSpec("models download", "Download a model of the catalog",
            List.of(ArgumentSpec.required("id", "a model's id, as 'models catalog' shows it")),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models download smollm2-135m"));

    private final ModelDownloads downloads;
    private final Console console;

    ModelsDownloadCommand(ModelDownloads downloads, Console console) {
        this.downloads = downloads;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        ModelListing.MODELS.printOne(console.out(), format, downloads.download(line.argument(0)));
        return ExitCode.OK.code();
    }
}
