package dev.rbees.shell;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleTest {

    private static final Terminals ALL = new Terminals(true, true, true);

    private static Console console(Map<String, String> environment, String input, Terminals terminals) {
        return new RecordingConsole(environment, input, terminals).console();
    }

    @Test
    void onlyAYesIsAYes() {
        assertThat(console(Map.of(), "y\n", ALL).confirms("Stop?")).isTrue();
        assertThat(console(Map.of(), " YES\n", ALL).confirms("Stop?")).isTrue();
        for (String no : new String[] {"", "\n", "n\n", "yep\n", "no\n"}) {
            assertThat(console(Map.of(), no, ALL).confirms("Stop?")).as(no).isFalse();
        }
    }

    @Test
    void asksOnStandardError() {
        RecordingConsole recording = new RecordingConsole(Map.of(), "y\n", ALL);
        recording.console().confirms("Stop a, b?");

        assertThat(recording.err()).isEqualTo("Stop a, b? [y/N] ");
        assertThat(recording.out()).isEmpty();
    }

    @Test
    void rewritesALineOnlyOnATerminalThatCan() {
        assertThat(console(Map.of("TERM", "xterm"), "", ALL).canRewriteErr()).isTrue();
        assertThat(console(Map.of("TERM", "dumb"), "", ALL).canRewriteErr()).isFalse();
        assertThat(console(Map.of("TERM", "xterm"), "", Terminals.NONE).canRewriteErr()).isFalse();
    }

    @Test
    void aLineIsAsLongAsTheEnvironmentSays() {
        assertThat(Terminals.columns(Map.of("COLUMNS", "72"))).isEqualTo(72);
    }

    @Test
    void asksOnlyWhereSomebodyCanAnswer() {
        assertThat(console(Map.of(), "", ALL).canAsk()).isTrue();
        assertThat(console(Map.of(), "", new Terminals(false, true, true)).canAsk()).isFalse();
        assertThat(console(Map.of(), "", new Terminals(true, true, false)).canAsk()).isFalse();
    }
}
