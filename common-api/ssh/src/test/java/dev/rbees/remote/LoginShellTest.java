package dev.rbees.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class LoginShellTest {

    private static final long SEED = 20261127;
    private static final String SPECIAL = "'\"\\$`!*?[]{}()<>|&;#~= \t\n\r-%^@:,0179azé✓😀";
    private static final List<String> NASTY = List.of("", "'", "\\", "\\\\'", "$(touch pwned)", "`touch pwned`",
            "; touch pwned", "' ; touch pwned ; '", "(touch pwned)", "| touch pwned", "a\ntouch pwned\n", "!!", "!touch",
            "~root", "%1", "^a^b", "{a,b}", "*", "-n", "$status", "$argv", "\\012", "\\x41", "%s%d", "\n\n");

    /** Says all its arguments, each with a NUL behind it. */
    private static String line(List<String> words) {
        return LoginShell.line("set -- " + ShellQuote.join(words) + "\nprintf \"%s\\0\" \"$@\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "/bin/dash", "/bin/bash", "/usr/bin/zsh", "/usr/bin/fish", "/usr/bin/tcsh",
        "/bin/bsd-csh"})
    void anyTextWithoutNulComesThroughARealLoginShellUnchangedAndIsNotRun(String shell) throws Exception {
        assumeTrue(Files.isExecutable(Path.of(shell)), shell + " is not on this machine");
        Path folder = Files.createTempDirectory("login-shell");
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 25; round++) {
            List<String> words = new ArrayList<>(round == 0 ? NASTY : List.of());
            for (int i = 0; i < 40; i++) {
                words.add(text(random, random.nextInt(60)));
            }
            ProcessBuilder builder = new ProcessBuilder(shell, "-c", line(words)).directory(folder.toFile())
                    .redirectErrorStream(true);
            builder.environment().put("HOME", folder.toString());
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);

            assertThat(output.split("\0", -1)).as("seed %d, round %d", SEED, round)
                    .startsWith(words.toArray(String[]::new)).hasSize(words.size() + 1);
            assertThat(process.waitFor()).isZero();
        }
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    private static String text(SplittableRandom random, int length) {
        int[] special = SPECIAL.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(random.nextInt(4) > 0
                    ? special[random.nextInt(special.length)]
                    : random.nextInt(1, 0xD800));
        }
        return text.toString();
    }

    @Test
    void theLineItselfHoldsNothingThatAShellReads() {
        String line = line(List.of("'", "\\", "$(id)", "é", "!"));

        String fixed = "exec sh -c 'eval \"$(printf \"$(printf %s \"$@\")\")\"' sh";
        assertThat(line).startsWith(fixed);
        assertThat(line.substring(fixed.length())).matches("(?: '(?:[A-Za-z0-9]|\\\\[0-3][0-7][0-7]){1,1000}')+");
    }

    @Test
    void refusesWhatIsTooLongForACommandLine() {
        RbeesException refusal = catchThrowableOfType(RbeesException.class, () -> line(List.of("é".repeat(20_000))));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal).hasMessageContaining("too long");
    }
}
