package dev.rbees.shell;

import java.util.List;

import org.springframework.shell.core.command.Command;
import org.springframework.shell.core.command.CommandArgument;
import org.springframework.shell.core.command.CommandContext;
import org.springframework.shell.core.command.CommandOption;
import org.springframework.shell.core.command.ExitStatus;

import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;

/** One of our commands as Spring Shell lists, completes and runs it. */
final class SpringCommand implements Command {

    /** The command that hands any words to the dispatcher. */
    static final String HELP = "help";

    private final CommandSpec spec;
    private final Dispatcher dispatcher;

    SpringCommand(CommandSpec spec, Dispatcher dispatcher) {
        this.spec = spec;
        this.dispatcher = dispatcher;
    }

    static SpringCommand help(Dispatcher dispatcher) {
        return new SpringCommand(new CommandSpec(HELP, "List the commands, or show what one takes", List.of(), List.of(),
                List.of()), dispatcher);
    }

    @Override
    public String getName() {
        return spec.path();
    }

    @Override
    public String getDescription() {
        return spec.summary();
    }

    @Override
    public String getGroup() {
        return spec.words().getFirst();
    }

    @Override
    public List<CommandOption> getOptions() {
        return spec.allOptions().stream().map(SpringCommand::option).toList();
    }

    private static CommandOption option(OptionSpec option) {
        return CommandOption.with().longName(option.name()).description(option.description())
                .required(option.required()).type(option.isFlag() ? Boolean.class : String.class).build();
    }

    @Override
    public ExitStatus execute(CommandContext context) {
        dispatcher.run(context.parsedInput().arguments().stream().map(CommandArgument::value).toList());
        // why: the dispatcher has told a failure already, and for any other status the shell would tell it again
        return ExitStatus.OK;
    }
}
