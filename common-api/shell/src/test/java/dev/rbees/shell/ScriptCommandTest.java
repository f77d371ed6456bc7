package dev.rbees.shell;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Program;

import static org.assertj.core.api.Assertions.assertThat;

class ScriptCommandTest {

    private final RecordingConsole console = RecordingConsole.ofScript();
    private final List<String> ran = new ArrayList<>();
    private final Dispatcher dispatcher = new Shell(new Program("tool", "1"), new CommandSet("runs", List.of(
            new ShellCommand(new CommandSpec("say", "Say", List.of(new ArgumentSpec("text", "what")), List.of(), List.of()),
                    line -> {
                        ran.add(line.argument(0));
                        return 0;
                    }),
            new ShellCommand(new CommandSpec("find", "Find", List.of(), List.of(), List.of()), _ -> {
                throw new RbeesException(ErrorCode.NOT_FOUND, "nothing there");
            }))), console.console()).dispatcher();

    @TempDir
    Path folder;

    private int script(String text, String... options) throws Exception {
        Path file = Files.writeString(folder.resolve("s"), text);
        List<String> words = new ArrayList<>(List.of("script", file.toString()));
        words.addAll(List.of(options));
        return dispatcher.run(words);
    }

    @Test
    void runsLineByLineAndPassesOverCommentsAndEmptyLines() throws Exception {
        assertThat(script("\uFEFF# first\n\n  say 'a b'  \r\n   # say no\nsay c   # and why\n")).isZero();
        assertThat(ran).containsExactly("a b", "c");
        assertThat(console.err()).isEmpty();
    }

    @Test
    void stopsAtTheFirstErrorWithItsLineAndItsExitCode() throws Exception {
        assertThat(script("say a\nfind\nsay b\n")).isEqualTo(3);
        assertThat(ran).containsExactly("a");
        assertThat(console.err()).isEqualTo("error: nothing there\n" + folder.resolve("s") + ", line 2: exit code 3\n");
    }

    @Test
    void keepsGoingWhenAskedToAndGivesTheGravestExitCode() throws Exception {
        assertThat(script("find\nsay a\nsya b\nfind\nsay c", "--keep-going")).isEqualTo(2);
        assertThat(ran).containsExactly("a", "c");
        assertThat(console.err()).contains("line 1: exit code 3").contains("line 3: exit code 2")
                .contains("line 4: exit code 3");
    }

    @Test
    void anOpenQuoteIsAnErrorOfItsLine() throws Exception {
        assertThat(script("say a\nsay 'b\n")).isEqualTo(2);
        assertThat(console.err()).contains("error: a quote (') is not closed").contains("line 2: exit code 2");
    }

    @Test
    void refusesWhatIsNoScript() throws Exception {
        assertThat(dispatcher.run(List.of("script", folder.resolve("absent").toString()))).isEqualTo(2);
        assertThat(console.err()).contains("cannot be read: is it there, and a file that you may read?");
        Files.write(folder.resolve("binary"), new byte[] {(byte) 0xFF, (byte) 0xFE, 10});
        assertThat(dispatcher.run(List.of("script", folder.resolve("binary").toString()))).isEqualTo(2);
        assertThat(console.err()).contains("is no text in UTF-8");
    }

    @Test
    void aScriptRunsNoScript() throws Exception {
        assertThat(script("script " + folder.resolve("s"))).isEqualTo(2);
        assertThat(console.err()).contains("error: a script cannot run another script").contains("line 1: exit code 2");
    }

    @Test
    void anInterruptedCommandEndsTheWholeScript() throws Exception {
        Thread.currentThread().interrupt();
        assertThat(script("say a\nsay b\n", "--keep-going")).isEqualTo(130);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ran).containsExactly("a");
    }
}
