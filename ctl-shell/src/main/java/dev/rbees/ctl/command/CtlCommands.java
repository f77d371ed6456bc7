package dev.rbees.ctl.command;

import java.util.ArrayList;
import java.util.List;

import dev.rbees.home.RbeesHome;
import dev.rbees.shell.CommandSet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;

/** The commands of rbees. */
public final class CtlCommands {

    private static final String SUMMARY = "hands tasks to the orchestrator and drives the machines behind it";

    private CtlCommands() {}

    /** All of them. */
    public static CommandSet commandSet(Console console, RbeesHome home) {
        List<ShellCommand> commands = new ArrayList<>(List.of(
                new ShellCommand(InferCommand.SPEC, new InferCommand(console)::run),
                new ShellCommand(JobsSubmitCommand.SPEC, new JobsSubmitCommand(console)::run)));
        commands.addAll(new JobCommands(console).all());
        commands.addAll(RemotePoolCommand.all(console));
        commands.addAll(new InstallCommands(console, home).all());
        return new CommandSet(SUMMARY, commands);
    }
}
