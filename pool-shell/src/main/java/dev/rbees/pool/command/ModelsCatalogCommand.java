package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.render.OutputFormat;
import dev.rbees.pool.shell.Console;
import dev.rbees.pool.shell.ShellCommand;

/** {@code models catalog}. */
final class ModelsCatalogCommand implements ShellCommand {

    static final CommandSpec SPEC = new CommandSpec("models catalog", "List the models that rbees knows by name", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models catalog"));

    private final ModelStore store;
    private final Console console;

    ModelsCatalogCommand(ModelStore store, Console console) {
        this.store = store;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(CommandLine line) {
        ModelListing.MODELS.print(console.out(), OutputFormat.of(line), store.known());
        return ExitCode.OK.code();
    }
}
