package dev.rbees.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class ShellQuoteTest {

    private static final long SEED = 20261123;
    private static final List<String> NASTY = List.of("", " ", "'", "''", "'\\''", "\"", "\\", "\\'", "$(id)", "`id`",
            "$HOME",
            "-n", "--", "-oProxyCommand=id", "a\nb", "\n", "\r\n", "*", "~", "!!", "#", ";", "&&", "|", "a'b\"c\\d$e`f",
            "%s\\n");

    private static final String SPECIAL = "'\"\\$`!*?[]{}()<>|&;#~= \t\n\r-%";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "/bin/dash", "/bin/bash"})
    void anyBytesWithoutNulComeBackUnchangedFromARealShell(String shell) throws Exception {
        assumeTrue(Files.isExecutable(Path.of(shell)), shell + " is not on this machine");
        List<String> texts = new ArrayList<>(NASTY);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 3000; i++) {
            texts.add(bytes(random, random.nextInt(40)));
        }
        // why: Latin-1 maps each byte to one character, so that every byte string is tried, not only UTF-8
        StringBuilder script = new StringBuilder();
        texts.forEach(text -> script.append("printf '%s\\0' ").append(ShellQuote.quote(text)).append('\n'));
        Path file = Files.writeString(folder.resolve("script"), script, ISO_8859_1);

        Process process = new ProcessBuilder(shell, file.toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);

        assertThat(process.waitFor()).isZero();
        assertThat(output.split("\0", -1)).as("seed %d", SEED).startsWith(texts.toArray(String[]::new))
                .hasSize(texts.size() + 1);
    }

    private static String bytes(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            // why: half of them are characters that mean something to a shell
            text.append(random.nextBoolean()
                    ? SPECIAL.charAt(random.nextInt(SPECIAL.length()))
                    : (char) random.nextInt(1, 256));
        }
        return text.toString();
    }

    @Test
    void joinsWordsWithBlanks() {
        assertThat(ShellQuote.join(List.of("a b", "it's"))).isEqualTo("'a b' 'it'\\''s'");
    }

    @Test
    void refusesNul() {
        assertThatThrownBy(() -> ShellQuote.quote("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }
}
