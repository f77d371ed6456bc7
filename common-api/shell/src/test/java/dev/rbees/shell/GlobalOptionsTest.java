package dev.rbees.shell;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Program;

import static org.assertj.core.api.Assertions.assertThat;

class GlobalOptionsTest {

    private static final Terminals ALL = new Terminals(true, true, true);

    private final RecordingConsole console = new RecordingConsole(Map.of(), "y\n", ALL);
    private final Dispatcher dispatcher = new Shell(new Program("tool", "1"), new CommandSet("does things",
            List.of(new ShellCommand(new CommandSpec("ask", "Ask", List.of(), List.of(), List.of("tool ask")),
                    _ -> console.console().canAsk() ? 7 : 8))),
            console.console()).dispatcher();

    @Test
    void nothingIsAskedWithNoInput() {
        assertThat(dispatcher.run(List.of("ask"))).isEqualTo(7);
        assertThat(dispatcher.run(List.of("ask", "--no-input"))).isEqualTo(8);
        assertThat(dispatcher.run(List.of("--no-input", "ask", "--no-color"))).isEqualTo(8);
        assertThat(dispatcher.run(List.of("ask", "--no-color"))).isEqualTo(7);
    }

    @Test
    void everyCommandShowsThemInItsHelp() {
        dispatcher.run(List.of("ask", "--help"));
        assertThat(console.out()).contains("  --no-input  ask nothing, as in a script\n")
                .contains("  --no-color  print no colours, as with NO_COLOR\n");
    }

    @Test
    void theyMayStandBesideWhateverElseIsAsked() {
        assertThat(dispatcher.run(List.of("--no-color", "--version"))).isZero();
        assertThat(dispatcher.run(List.of("--no-input", "help", "ask"))).isZero();
        assertThat(console.out()).startsWith("tool 1 (Java ").contains("Usage: tool ask");
    }

    @Test
    void theyAloneStillMeanTheInteractiveShellUnlessNobodyIsToBeAsked() {
        assertThat(invocation("--no-color").interactive(console.console())).isTrue();
        assertThat(invocation("--no-input").interactive(console.console())).isFalse();
        assertThat(invocation("--no-color", "ask").interactive(console.console())).isFalse();
        assertThat(invocation().interactive(RecordingConsole.ofScript().console())).isFalse();
    }

    @Test
    void coloursAreLeftOutByTheOptionAndByTheVariable() {
        assertThat(GlobalOptions.noColor(List.of(), Map.of())).isFalse();
        assertThat(GlobalOptions.noColor(List.of(), Map.of("NO_COLOR", ""))).isFalse();
        assertThat(GlobalOptions.noColor(List.of(), Map.of("NO_COLOR", "1"))).isTrue();
        assertThat(GlobalOptions.noColor(List.of("--no-color"), Map.of())).isTrue();
    }

    private static Invocation invocation(String... words) {
        return new Invocation(new Program("tool", "1"), List.of(words));
    }
}
