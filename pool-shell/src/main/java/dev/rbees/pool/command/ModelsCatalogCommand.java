package dev.rbees.pool.command;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.OutputFormat;

/** {@code models catalog}. */
final class ModelsCatalogCommand implements ShellCommand {

    private final ModelStore store;
    private final Console console;

    ModelsCatalogCommand(ModelStore store, Console console) {
        this.store = store;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return PoolSpecs.MODELS_CATALOG;
    }

    @Override
    public int run(CommandLine line) {
        ModelListing.MODELS.print(console.out(), OutputFormat.of(line), store.known());
        return ExitCode.OK.code();
    }
}
