package dev.rbees.shell;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.shell.render.TerminalStream;

/**
 * What a command reads from and writes to: data goes to {@code out}, everything for people to {@code err}, both in UTF-8.
 *
 * @param out standard output
 * @param err standard error
 * @param in standard input
 * @param terminals which of them are terminals
 * @param environment the environment variables
 */
public record Console(PrintStream out, PrintStream err, InputStream in, Terminals terminals,
        Map<String, String> environment) {

    /** Bound while a command runs that is to ask nothing. */
    static final ScopedValue<Boolean> UNATTENDED = ScopedValue.newInstance();

    /** The console of this process. */
    public static Console ofProcess() {
        Terminals terminals = Terminals.ofProcess();
        Map<String, String> environment = System.getenv();
        PrintStream out = terminals.out()
                ? new TerminalStream(new FileOutputStream(FileDescriptor.out), () -> Terminals.columns(environment))
                : utf8(FileDescriptor.out);
        PrintStream err = terminals.err()
                ? new TerminalStream(new FileOutputStream(FileDescriptor.err), () -> Terminals.columns(environment))
                : utf8(FileDescriptor.err);
        return new Console(out, err, System.in, terminals, environment);
    }

    /** The same console, whose standard error another machine shows on a terminal of this width. */
    Console endingOn(int columns) {
        return new Console(out, new TerminalStream(err, () -> columns), in, new Terminals(terminals.in(), terminals.out(), true),
                environment);
    }

    /** The same console, with another input. */
    Console reading(InputStream input) {
        return new Console(out, err, input, terminals, environment);
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    /** One line for people. */
    public void say(String line) {
        out.flush();
        err.println(line);
        err.flush();
    }

    /** Whether a line on standard error may be rewritten: it is a terminal that can move its cursor. */
    public boolean canRewriteErr() {
        return terminals.err() && !"dumb".equals(environment.get("TERM"));
    }

    /** How many characters a line of standard error may have; 0 when that is not known or does not matter. */
    public int errColumns() {
        return terminals.err() ? Terminals.columns(environment) : 0;
    }

    /** Whether somebody is there to answer a question. */
    public boolean canAsk() {
        return terminals.in() && terminals.err() && !UNATTENDED.isBound();
    }

    /** Asks a yes-or-no question; anything but a yes is a no. */
    public boolean confirms(String question) {
        out.flush();
        try {
            String answer = answer(question + " [y/N] ");
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
        } catch (IOException _) {
            return false;
        }
    }

    private @Nullable String answer(String question) throws IOException {
        if (in instanceof TerminalInput terminal) {
            return terminal.ask(question);
        }
        err.print(question);
        err.flush();
        // why: not closed, because it would close standard input
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 16).readLine();
    }
}
