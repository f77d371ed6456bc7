package dev.rbees.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A console whose output can be read and whose input is given. */
public final class RecordingConsole {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console;

    public RecordingConsole(Map<String, String> environment, String input, Terminals terminals) {
        console = new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8),
                new ByteArrayInputStream(input.getBytes(UTF_8)), terminals, environment);
    }

    public static RecordingConsole ofScript() {
        return new RecordingConsole(Map.of(), "", Terminals.NONE);
    }

    public Console console() {
        return console;
    }

    public String out() {
        return out.toString(UTF_8);
    }

    public String err() {
        return err.toString(UTF_8);
    }
}
