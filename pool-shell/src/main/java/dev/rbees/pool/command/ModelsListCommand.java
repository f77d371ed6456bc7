package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.render.OutputFormat;
import dev.rbees.pool.shell.Console;
import dev.rbees.pool.shell.ShellCommand;

/** {@code models list}. */
final class ModelsListCommand implements ShellCommand {

    static final CommandSpec SPEC = new CommandSpec("models list", "List the models that are on this machine", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool models list", "rbees-pool models list --output json"));

    private final ModelStore store;
    private final Console console;

    ModelsListCommand(ModelStore store, Console console) {
        this.store = store;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
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
