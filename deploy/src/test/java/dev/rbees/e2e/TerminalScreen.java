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
    private String typed = "";

    /**
     * Opens it with a shell.
     *
     * @param environment what the shell has beside the environment of this process
     */
    TerminalScreen(Path folder, Map<String, String> environment) throws IOException {
        this.folder = folder;
        this.socket = folder.resolve("tmux").toString();
        // why: here and not by tmux, because a shell that it starts in between changes some of them
        StringBuilder settings = new StringBuilder("PS1='shell> '\n");
        new TreeMap<>(environment)
                .forEach((name, value) -> settings.append("export ").append(name).append("='").append(value)
                        .append("'\n"));
        Path start = Files.writeString(folder.resolve("bashrc"), settings);
        List<String> words = new ArrayList<>(
                List.of("-f", "/dev/null", "new-session", "-d", "-x", "" + COLUMNS, "-y", "24"));
        words.add("exec bash --noprofile --rcfile '" + start + "'");
        tmux(words.toArray(String[]::new));
        try {
            await("shell> ");
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /** Types a line and the return key. */
    void type(String line) {
        keys(line);
        typed = line + "\n";
        press("Enter");
    }

    /** Types without the return key. */
    void keys(String text) {
        typed = text;
        tmux("send-keys", "-l", text);
    }

    /** Presses a key, as tmux calls it: {@code Tab}, {@code C-c}. */
    void press(String key) {
        tmux("send-keys", key);
    }

    /** Waits until a text is shown behind what was typed last; gives all that is shown behind that. */
    String await(String text) {
        try {
            Waiting.until(PATIENCE, () -> answer().contains(text));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("'" + text + "' is not shown:\n" + shown("-J"), e);
        }
        return answer();
    }

    private String answer() {
        // why: joined, because a long line that was typed stands in two of the screen
        String all = shown("-J");
        int at = typed.isEmpty() ? 0 : all.lastIndexOf(typed);
        return at < 0 ? "" : all.substring(at + typed.length());
    }

    /** The lines of the screen and those that have left it, as they stand. */
    List<String> lines() {
        return shown("-N").lines().map(String::stripTrailing).toList();
    }

    private String shown(String form) {
        return tmux("capture-pane", "-p", form, "-S", "-500");
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
