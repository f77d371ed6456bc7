package dev.rbees.shell;

import java.util.List;
import java.util.concurrent.ExecutionException;

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
    private final Foreground foreground;

    SpringCommand(CommandSpec spec, Dispatcher dispatcher, Foreground foreground) {
        this.spec = spec;
        this.dispatcher = dispatcher;
        this.foreground = foreground;
    }

    static SpringCommand help(Dispatcher dispatcher, Foreground foreground) {
        return new SpringCommand(new CommandSpec(HELP, "List the commands, or show what one takes", List.of(), List.of(),
                List.of()), dispatcher, foreground);
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
    public ExitStatus execute(CommandContext context) throws ExecutionException, InterruptedException {
        List<String> words = context.parsedInput().arguments().stream().map(CommandArgument::value).toList();
        foreground.run(() -> dispatcher.run(words));
        // why: the dispatcher has told a failure already, and for any other status the shell would tell it again
        return ExitStatus.OK;
    }
}
