package dev.rbees.ctl.command;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.cli.Program;
import dev.rbees.ctl.host.Machines;
import dev.rbees.ctl.host.PoolTargets;
import dev.rbees.ctl.host.RemoteDoctor;
import dev.rbees.home.RbeesHome;
import dev.rbees.remote.PoolsFile;
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
        pools(console, PoolsFile.of(home)).forEach(command -> commands.add(command.after(home::check)));
        return new CommandSet(SUMMARY, commands);
    }

    private static List<ShellCommand> pools(Console console, PoolsFile file) {
        Machines machines = new Machines(console.environment());
        PoolTargets targets = new PoolTargets(file);
        List<ShellCommand> commands = new ArrayList<>(List.of(new PoolRegisterCommand(machines, file, console).command()));
        commands.addAll(new PoolRegistryCommands(file, console).all());
        commands.addAll(RemotePoolCommand.all(machines, targets, console));
        commands.add(new PoolDoctorCommand(new RemoteDoctor(machines, Program.of("rbees", CtlCommands.class),
                InstantSource.system()), targets, console).command());
        return commands;
    }
}
