package dev.rbees.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** A real terminal of 80 columns and 24 lines, which tmux shows to nobody. */
final class TerminalScreen implements AutoCloseable {

    static final Path TMUX = Path.of("/usr/bin/tmux");
    static final int COLUMNS = 80;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path folder;
    private final String socket;

    /**
     * Opens it with a shell.
     *
     * @param environment what the shell has beside the environment of this process
     */
    TerminalScreen(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.socket = folder.resolve("tmux").toString();
        List<String> words = new ArrayList<>(
                List.of("-f", "/dev/null", "new-session", "-d", "-x", "" + COLUMNS, "-y", "24"));
        new TreeMap<>(environment).forEach((name, value) -> words.addAll(List.of("-e", name + "=" + value)));
        words.addAll(List.of("-e", "PS1=shell> ", "bash --norc --noprofile"));
        tmux(words.toArray(String[]::new));
        await("shell> ");
    }

    /** Types a line and the return key. */
    void type(String line) {
        tmux("send-keys", "-l", line);
        press("Enter");
    }

    /** Presses keys, as tmux calls them: {@code Tab}, {@code C-c}. */
    void press(String... keys) {
        for (String key : keys) {
            tmux("send-keys", key);
        }
    }

    /** Clears what is shown, so that a text that comes again can be waited for. */
    void clear() {
        press("C-l");
        tmux("clear-history");
    }

    /** Waits until a text is shown; gives all that is shown, with what has left the screen. */
    String await(String text) {
        try {
            Waiting.until(PATIENCE, () -> shown().contains(text));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("'" + text + "' is not shown:\n" + shown(), e);
        }
        return shown();
    }

    /** What is shown, each line as it stands. */
    String shown() {
        return tmux("capture-pane", "-p", "-S", "-500");
    }

    private String tmux(String... words) {
        List<String> command = new ArrayList<>(List.of(TMUX.toString(), "-S", socket));
        command.addAll(List.of(words));
        try {
            Path out = folder.resolve("tmux-out");
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(command + ": " + Files.readString(out)).isZero();
            return Files.readString(out);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        tmux("kill-server");
    }
}
