package dev.rbees.shell.render;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class PageTest {

    private static final String PAGE = """
                                       Usage: tool ask [options], which is a long line as well, longer than forty

                                       Options:
                                         --prompt <text>  what the model is asked, in one long sentence
                                         --raw            as it is

                                       Examples:
                                         tool ask --prompt 'a long example stays in one line to be copied'
                                       """;

    private static String printed(int columns) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Page.print(new TerminalStream(bytes, () -> columns), PAGE);
        return bytes.toString(UTF_8);
    }

    @Test
    void descriptionsGoOnBelowTheirBeginning() {
        assertThat(printed(40)).isEqualTo(PAGE.replace("what the model is asked, in one long sentence",
                "what the model is\n                   asked, in one long\n                   sentence"));
    }

    @Test
    void whereThereIsRoomOrTooLittleThePageStaysAsItIs() {
        assertThat(printed(200)).isEqualTo(PAGE);
        assertThat(printed(30)).isEqualTo(PAGE);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Page.print(new PrintStream(bytes, true, UTF_8), PAGE);
        assertThat(bytes.toString(UTF_8)).isEqualTo(PAGE);
    }
}
