package dev.rbees.shell;

import java.util.List;
import java.util.Set;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Printable;
import dev.rbees.cli.Program;
import dev.rbees.cli.UsageException;
import dev.rbees.shell.CommandTable.Match;
import dev.rbees.shell.render.Page;

/**
 * Runs one line of words: finds the command, parses, runs, tells failures. The one-shot CLI and the interactive shell both
 * end here, so they cannot differ.
 */
public final class Dispatcher {

    /** The exit code of a program whose reader has gone, as shells show it: 128 and the number of SIGPIPE. */
    static final int READER_GONE = 141;

    private static final Set<String> VERSION = Set.of("--version", "version", "-V", "-v");

    private final Program program;
    private final Console console;
    private final CommandTable table;
    private final HelpPages help;

    Dispatcher(Program program, String summary, CommandTable table, Console console) {
        this.program = program;
        this.console = console;
        this.table = table;
        this.help = new HelpPages(program, summary, table);
    }

    /** Runs the words and gives the exit code. Failures are told on standard error, never thrown. */
    public int run(List<String> words) {
        int code = told(words);
        if (Thread.currentThread().isInterrupted()) {
            code = ExitCode.INTERRUPTED.code();
        }
        // why: a print stream throws nothing, and asking it flushes it
        return console.out().checkError() ? lostData() : code;
    }

    /** Not all of the data was written: no news for a reader that has seen enough, and a failure anywhere else. */
    private int lostData() {
        if (Terminals.outHasReader()) {
            return READER_GONE;
        }
        console.say("error: standard output could not be written to its end; is the disk full?");
        return ExitCode.FAILED.code();
    }

    /** why: a command that was interrupted tells nothing of what that made fail. */
    private int told(List<String> words) {
        try {
            return dispatch(words);
        } catch (UsageException e) {
            if (!Thread.currentThread().isInterrupted()) {
                console.say("error: " + e.userMessage());
                console.say(whereHelpIs(table.nearest(words)));
            }
            return ExitCode.USAGE.code();
        } catch (RbeesException e) {
            if (!Thread.currentThread().isInterrupted() && !console.out().checkError()) {
                console.say("error: " + Printable.line(e.userMessage()));
            }
            return e.code().exitCode().code();
        } catch (RuntimeException | Error e) {
            if (!Thread.currentThread().isInterrupted()) {
                console.say(fault(program, e));
            }
            return ExitCode.FAILED.code();
        }
    }

    /** The line for what should never happen. */
    static String fault(Program program, Throwable fault) {
        return "error: " + program.name() + " has a fault (" + fault.getClass().getSimpleName()
                + "); please report it with the command that you gave";
    }

    /** Prints the overview as an error: no command was given and nobody is there to type one. */
    int overviewAsError() {
        return pageAsError("");
    }

    private int pageAsError(String path) {
        console.err().print(help.page(path));
        console.err().flush();
        return ExitCode.USAGE.code();
    }

    private String whereHelpIs(String path) {
        if (path.isEmpty()) {
            return "'" + program.name() + " --help' lists the commands; each has its own --help";
        }
        return "'" + program.name() + " " + path + " --help' "
                + (table.find(path).isPresent() ? "shows what it takes" : "lists the commands below it");
    }

    private int dispatch(List<String> words) {
        List<String> own = GlobalOptions.others(words);
        if (!own.isEmpty() && VERSION.contains(own.getFirst())) {
            return print(program.versionLine() + "\n");
        }
        if (!own.isEmpty() && own.getFirst().equals("help")) {
            return print(help.page(table.match(own.subList(1, own.size())).path()));
        }
        Match match = table.match(words);
        if (match.command().isEmpty()) {
            return group(match);
        }
        ShellCommand command = match.command().get();
        CommandLine line = CommandLine.parse(command.spec(), match.rest());
        return line.help() ? print(help.page(match.path())) : command.work().run(line);
    }

    private int group(Match match) {
        if (match.rest().contains("--help")) {
            return print(help.page(match.path()));
        }
        List<String> unknown = GlobalOptions.others(match.rest());
        if (!unknown.isEmpty()) {
            throw new UsageException("unknown option " + Printable.text(unknown.getFirst()));
        }
        return pageAsError(match.path());
    }

    private int print(String page) {
        Page.print(console.out(), page);
        return ExitCode.OK.code();
    }
}
