package dev.rbees.ctl.install;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.remote.ShellQuote;

/** Runs the scripts of this package on a machine. */
record Scripts(RemoteShell shell) {

    private static final int MOST_TALK = 64 * 1024;

    /**
     * Runs one to its end.
     *
     * @param name of the script
     * @param values what it finds as variables
     * @param input its standard input
     * @param onStage hears what it begins
     * @throws RbeesException POOL_UNAVAILABLE when the connection is lost, CONFLICT when it fails, with its own words
     */
    ScriptAnswer run(String name, Map<String, String> values, InputStream input, Consumer<String> onStage) {
        StringBuilder script = new StringBuilder();
        values.forEach((key, value) -> script.append(key).append('=').append(ShellQuote.quote(value)).append('\n'));
        script.append(text("common")).append(text(name));
        ScriptAnswer answer = new ScriptAnswer(onStage);
        FirstBytes talk = new FirstBytes();
        int status = shell.script(script.toString(), input, answer, talk);
        if (answer.one("failed").isPresent()) {
            throw new RbeesException(ErrorCode.CONFLICT, answer.one("failed").get());
        }
        if (status != 0 || !answer.one("done", "").equals(name)) {
            String said = Printable.message(talk.toString(StandardCharsets.UTF_8)).strip();
            throw new RbeesException(ErrorCode.CONFLICT, "the " + name + " script ended there with status " + status
                    + " before it was done" + (said.isEmpty() ? "" : ": " + said));
        }
        return answer;
    }

    private static String text(String name) {
        try (InputStream in = Objects.requireNonNull(Scripts.class.getResourceAsStream(name + ".sh"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.INTERNAL, "a script of this program cannot be read", e);
        }
    }

    /** Keeps the beginning of what a machine says. */
    private static final class FirstBytes extends ByteArrayOutputStream {

        @Override
        public synchronized void write(int b) {
            if (count < MOST_TALK) {
                super.write(b);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, Math.max(0, Math.min(length, MOST_TALK - count)));
        }
    }
}
