package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.OutputFormat;

/** {@code models list}. */
final class ModelsListCommand implements ShellCommand {

    private final ModelStore store;
    private final Console console;

    ModelsListCommand(ModelStore store, Console console) {
        this.store = store;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return PoolSpecs.MODELS_LIST;
    }

    @Override
    public int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<ModelEntry> models = store.downloaded();
        ModelListing.MODELS.print(console.out(), format, models);
        if (models.isEmpty()) {
            console.say("No models on this machine. 'rbees-pool models catalog' shows what can be downloaded.");
        }
        return ExitCode.OK.code();
    }
}
