package dev.rbees.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class PrivateHistoryTest {

    @TempDir
    Path folder;

    /** What is written down after these lines. */
    private String written(Path file, String... lines) throws IOException {
        PrivateHistory history = PrivateHistory.in(file);
        try (Terminal terminal = new DumbTerminal(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream())) {
            history.attach(LineReaderBuilder.builder().terminal(terminal).history(history)
                    .variable(LineReader.HISTORY_FILE, file).build());
            for (String line : lines) {
                history.add(line);
            }
            history.save();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        return Files.readString(file);
    }

    @Test
    void keepsLinesForTheirOwnerAloneAndNoPrompts() throws IOException {
        assertThat(written(folder.resolve("history"), "jobs list", "infer --prompt 'my secret'", "infer --prompt=secret",
                "infer --prompt-file x")).contains("jobs list", "--prompt-file x").doesNotContain("secret");
    }

    @Test
    void mendsAFileOfOld() throws IOException {
        Path file = Files.writeString(folder.resolve("history"), "1:jobs list\n2:infer --prompt secret\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(written(file, "jobs show t1")).contains("jobs list", "jobs show t1").doesNotContain("secret");
    }

    @Test
    void remembersPromptsWhileTheShellRuns() throws IOException {
        PrivateHistory history = PrivateHistory.in(folder.resolve("history"));
        try (Terminal terminal = new DumbTerminal(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream())) {
            history.attach(LineReaderBuilder.builder().terminal(terminal).history(history).build());
            history.add("infer --prompt secret");
        }
        assertThat(history.get(history.last())).isEqualTo("infer --prompt secret");
    }
}
