package dev.rbees.shell;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RemoteTerminalTest {

    private final Console console = new RecordingConsole(Map.of(), "", Terminals.NONE).console();

    @Test
    void whatTheOtherMachineTellsMakesStandardErrorATerminalAndNothingElse() {
        Console told = RemoteTerminal.console(console, List.of(RemoteTerminal.word(120), "models", "list"));

        assertThat(told.terminals()).isEqualTo(new Terminals(false, false, true));
        assertThat(told.canRewriteErr()).isTrue();
        assertThat(told.canAsk()).isFalse();
        assertThat(RemoteTerminal.others(List.of(RemoteTerminal.word(120), "models", "list")))
                .containsExactly("models", "list");
    }

    @Test
    void anywhereElseTheWordMeansNothing() {
        List<String> words = List.of("models", RemoteTerminal.word(120));

        assertThat(RemoteTerminal.console(console, words)).isSameAs(console);
        assertThat(RemoteTerminal.others(words)).isEqualTo(words);
        assertThat(RemoteTerminal.others(List.of("--remote-terminal=x"))).containsExactly("--remote-terminal=x");
        assertThat(RemoteTerminal.console(console, List.of())).isSameAs(console);
    }
}
