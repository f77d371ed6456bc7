package dev.rbees.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;

import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/**
 * What is typed while a command of the interactive shell runs, in UTF-8. why: it is read line by line through JLine, as the
 * prompt's lines are, because a plain read of the terminal would go on after Ctrl-C and take the beginning of the next line.
 */
final class TerminalInput extends InputStream {

    private final LineReader lines;
    private byte[] line = {};
    private int next;

    TerminalInput(Terminal terminal) {
        lines = LineReaderBuilder.builder().terminal(terminal).option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.DISABLE_HISTORY, true).build();
    }

    /** Where it is typed. */
    Terminal terminal() {
        return lines.getTerminal();
    }

    /**
     * A line that is asked for.
     *
     * @param question stands before what is typed
     * @throws InterruptedIOException after Ctrl-C, which interrupts the thread as well
     * @throws IOException when the input is at its end
     */
    String ask(String question) throws IOException {
        try {
            return lines.readLine(question);
        } catch (UserInterruptException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException().initCause(e);
        } catch (EndOfFileException e) {
            throw new IOException(e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /** Gives no more than one line, because what is typed after it is for whoever reads next. */
    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
        if (next == line.length) {
            try {
                line = (ask("") + "\n").getBytes(StandardCharsets.UTF_8);
                next = 0;
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException _) {
                return -1;
            }
        }
        int size = Math.min(count, line.length - next);
        System.arraycopy(line, next, bytes, from, size);
        next += size;
        return size;
    }
}
