package dev.rbees.shell;

import java.io.IOException;
import java.util.List;

import org.jline.reader.LineReader;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.springframework.shell.core.command.CommandParser;
import org.springframework.shell.core.command.CommandRegistry;
import org.springframework.shell.jline.JLineInputProvider;
import org.springframework.shell.jline.JLineShellRunner;
import org.springframework.shell.jline.PromptProvider;

import dev.rbees.shell.completion.Word;

/** The shell for a person at a terminal: completion and history by Spring Shell, commands by the {@link Dispatcher}. */
final class InteractiveShell implements AutoCloseable {

    /** Spring Shell's own commands that stay. */
    static final List<String> BUILT_IN = List.of("clear", "history");

    /** The words that only this shell knows. */
    static final List<Word> OWN_WORDS = List.of(new Word("history", "Show the lines that were typed"),
            new Word("clear", "Clear the screen"), new Word("quit", "Leave this shell"));

    private final Terminal terminal;
    private final JLineShellRunner runner;

    InteractiveShell(LineReader reader, PromptProvider prompt, CommandParser parser, CommandRegistry registry,
            Foreground foreground) {
        this.terminal = reader.getTerminal();
        // why: while a line is typed, the reader takes Ctrl-C for itself
        terminal.handle(Terminal.Signal.INT, _ -> foreground.interrupt());
        JLineInputProvider lines = new InterruptibleLines(reader);
        lines.setPromptProvider(prompt);
        this.runner = new JLineShellRunner(lines, parser, registry);
    }

    /** Reads and runs lines until {@code quit}, {@code exit} or the end of the input. */
    void run() throws Exception {
        runner.run(new String[0]);
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }

    /** Ctrl-C at the prompt drops the line, as in other shells, instead of ending the program. */
    private static final class InterruptibleLines extends JLineInputProvider {

        InterruptibleLines(LineReader reader) {
            super(reader);
        }

        @Override
        public String readInput() {
            try {
                return super.readInput();
            } catch (UserInterruptException _) {
                return "";
            }
        }
    }
}
