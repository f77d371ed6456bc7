package dev.rbees.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A program at a terminal of 100 columns, with what it shows and a hand at the keyboard. */
public final class TerminalSession implements AutoCloseable {

    public static final String CTRL_C = "\003";
    public static final String CTRL_D = "\004";
    public static final String ENTER = "\r";
    public static final String TAB = "\t";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final OutputStream keyboard;
    private final StringBuilder screen = new StringBuilder();
    private boolean ended;
    private int seen;

    private TerminalSession(Process process) {
        this.process = process;
        this.keyboard = process.getOutputStream();
        Thread.ofVirtual().start(this::watch);
    }

    /** Starts a main class of this test's class path. */
    public static TerminalSession start(Class<?> main, Map<String, String> environment, String... arguments)
            throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not installed");
        List<String> java = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"),
                main.getName());
        String command = Stream.concat(java.stream(), Stream.of(arguments)).map(word -> "'" + word + "'")
                .collect(Collectors.joining(" ", "stty cols 100 rows 40; exec ", ""));
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/script", "-qefc", command, "/dev/null")
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("RBEES_") || name.equals("COLUMNS"));
        builder.environment().putAll(Map.of("TERM", "xterm", "LC_ALL", "C.UTF-8", "SHELL", "/bin/sh"));
        builder.environment().putAll(environment);
        return new TerminalSession(builder.start());
    }

    private void watch() {
        try (InputStream out = process.getInputStream()) {
            byte[] piece = new byte[4096];
            for (int size = out.read(piece); size >= 0; size = out.read(piece)) {
                show(new String(piece, 0, size, UTF_8));
            }
        } catch (IOException _) {
            // the terminal is closed
        }
        synchronized (screen) {
            ended = true;
            screen.notifyAll();
        }
    }

    private void show(String piece) {
        synchronized (screen) {
            screen.append(piece);
            screen.notifyAll();
        }
    }

    /** Presses keys. */
    public void type(String keys) throws IOException {
        keyboard.write(keys.getBytes(UTF_8));
        keyboard.flush();
    }

    /** Waits for a text that was not there when the last one was found, and gives what was shown up to its end. */
    public String await(String text) throws InterruptedException {
        synchronized (screen) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (screen.indexOf(text, seen) < 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                assertThat(left > 0 && !ended).as("'" + text + "' in: " + screen.substring(seen)).isTrue();
                screen.wait(left);
            }
            int end = screen.indexOf(text, seen) + text.length();
            String shown = screen.substring(seen, end);
            seen = end;
            return shown.replace("\r\n", "\n");
        }
    }

    /** Waits for the end of the program, and gives its exit code. */
    public int exit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ended; shown: " + screen).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
