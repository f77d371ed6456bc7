package dev.rbees.ctl;

import dev.rbees.cli.Program;
import dev.rbees.ctl.command.CtlCommands;
import dev.rbees.shell.ShellProgram;

/** The program {@code rbees}. */
public final class CtlApplication {

    private CtlApplication() {}

    public static void main(String[] args) {
        System.exit(ShellProgram.run(Program.of("rbees", CtlApplication.class), CtlCommands::commandSet, args));
    }
}
