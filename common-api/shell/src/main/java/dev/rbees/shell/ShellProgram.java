package dev.rbees.shell;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.Program;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;

/** Starts a CLI. */
public final class ShellProgram {

    /** Name of the file of typed lines. */
    static final String HISTORY = "history";

    private ShellProgram() {}

    /**
     * Runs what argv says, or the interactive shell.
     *
     * @return the exit code
     */
    public static int run(Program named, CommandSource source, String[] argv) {
        List<String> words = List.of(argv);
        Console console = RemoteTerminal.console(Console.ofProcess(), words);
        Invocation invocation = new Invocation(named.calledAs(console.environment()), RemoteTerminal.others(words));
        try {
            return run(invocation, source, console);
        } catch (RuntimeException | Error e) {
            console.say(Dispatcher.fault(invocation.program(), e));
            return ExitCode.FAILED.code();
        }
    }

    private static int run(Invocation invocation, CommandSource source, Console console) {
        Environment.warnings(console.environment()).forEach(warning -> console.say("warning: " + warning));
        RbeesHome home = RbeesHome.of(console.environment());
        if (invocation.interactive(console)) {
            // why: only here, because Spring takes longer to start than most commands take
            return InteractiveStart.run(invocation, source, console, home);
        }
        Shell shell = new Shell(invocation.program(), source.commands(console, home), console);
        return GlobalOptions.alone(invocation.words())
                ? shell.dispatcher().overviewAsError()
                : shell.dispatcher().run(invocation.words());
    }
}
