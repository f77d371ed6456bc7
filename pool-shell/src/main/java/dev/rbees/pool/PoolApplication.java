package dev.rbees.pool;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;

import dev.rbees.cli.Program;
import dev.rbees.pool.command.PoolCommands;
import dev.rbees.shell.ShellConfiguration;
import dev.rbees.shell.ShellProgram;

/** The program {@code rbees-pool}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import({ShellConfiguration.class, PoolCommands.class})
public class PoolApplication {

    public static void main(String[] args) {
        System.exit(ShellProgram.run(PoolApplication.class, Program.of("rbees-pool", PoolApplication.class), args));
    }
}
