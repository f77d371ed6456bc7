package dev.rbees.shell.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class ProcessLogTest {

    @TempDir
    Path folder;

    private Path file;
    private final List<String> shown = new ArrayList<>();

    @BeforeEach
    void place() {
        file = folder.resolve("w.log");
    }

    private void write(String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void show(Optional<Integer> last) {
        new ProcessLog(file, () -> false).show(last, false, shown::add);
    }

    @Test
    void showsBothPartsAndTheLineThatHasNotEnded() throws IOException {
        Files.writeString(folder.resolve("w.log.1"), "one\ntwo\n");
        write("thr\u00e9\u00e9\nfour");

        show(Optional.empty());

        assertThat(shown).containsExactly("one", "two", "thr\u00e9\u00e9", "four");
    }

    @Test
    void showsTheLastLines() {
        write("a\nb\nc\nd\n");

        show(Optional.of(2));
        assertThat(shown).containsExactly("c", "d");
        shown.clear();
        show(Optional.of(0));
        assertThat(shown).isEmpty();
    }

    @Test
    void keepsCharactersWholeAcrossReads() {
        String line = "\u00e9".repeat(700_000);
        write("x" + line + "\nend\n");

        show(Optional.empty());

        assertThat(shown).containsExactly("x" + line, "end");
    }

    @Test
    void showsBytesThatAreNoTextToo() throws IOException {
        Files.write(file, new byte[] {'a', (byte) 0xff, 'b', '\n'});

        show(Optional.empty());

        assertThat(shown).containsExactly("a\ufffdb");
    }

    @Test
    void followsUntilTheProgramEndsAlsoWhenTheFileBeginsAnew() {
        write("first\n");
        Iterator<Runnable> steps = List.<Runnable>of(() -> write("sec"), () -> write("ond\n"), () -> {
            cut();
            write("x\n");
        }).iterator();

        new ProcessLog(file, () -> {
            boolean more = steps.hasNext();
            if (more) {
                steps.next().run();
            }
            return more;
        }).show(Optional.of(1), true, shown::add);

        assertThat(shown).containsExactly("first", "second", "x");
    }

    private void cut() {
        try {
            Files.write(file, "".getBytes(UTF_8), StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
