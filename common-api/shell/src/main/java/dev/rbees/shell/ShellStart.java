package dev.rbees.shell;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;

import dev.rbees.api.error.ExitCode;
import dev.rbees.home.Environment;

/** Decides between one command and the interactive shell, and keeps the exit code. */
final class ShellStart implements ApplicationRunner, ExitCodeGenerator {

    private final Invocation invocation;
    private final Dispatcher dispatcher;
    private final Console console;
    private final ObjectProvider<InteractiveShell> interactive;
    private int exitCode;

    ShellStart(Invocation invocation, Dispatcher dispatcher, Console console,
            ObjectProvider<InteractiveShell> interactive) {
        this.invocation = invocation;
        this.dispatcher = dispatcher;
        this.console = console;
        this.interactive = interactive;
    }

    @Override
    public void run(ApplicationArguments ignored) throws Exception {
        Environment.warnings(console.environment()).forEach(warning -> console.say("warning: " + warning));
        if (!invocation.words().isEmpty()) {
            exitCode = dispatcher.run(invocation.words());
        } else if (invocation.interactive(console)) {
            try (InteractiveShell shell = interactive.getObject()) {
                shell.run();
            }
            exitCode = ExitCode.OK.code();
        } else {
            exitCode = dispatcher.overviewAsError();
        }
    }

    @Override
    public int getExitCode() {
        return exitCode;
    }
}
