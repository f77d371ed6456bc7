package dev.rbees.ctl;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;

import dev.rbees.cli.Program;
import dev.rbees.ctl.command.CtlCommands;
import dev.rbees.shell.ShellConfiguration;
import dev.rbees.shell.ShellProgram;

/** The program {@code rbees}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import({ShellConfiguration.class, CtlCommands.class})
public class CtlApplication {

    public static void main(String[] args) {
        System.exit(ShellProgram.run(CtlApplication.class, Program.of("rbees", CtlApplication.class), args));
    }
}
