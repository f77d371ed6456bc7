package dev.rbees.pool;

import dev.rbees.cli.Program;
import dev.rbees.pool.command.PoolCommands;
import dev.rbees.shell.ShellProgram;

/** The program {@code rbees-pool}. */
public final class PoolApplication {

    private PoolApplication() {}

    public static void main(String[] args) {
        System.exit(ShellProgram.run(Program.of("rbees-pool", PoolApplication.class), PoolCommands::commandSet, args));
    }
}
