package dev.rbees.service;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The bytes of server-sent events. */
class SseFrameTest {

    @Test
    void hasAnIdOnlyWhereAReaderCanResume() {
        assertThat(SseFrame.of(7L, "token", "{}")).isEqualTo("id: 7\nevent: token\ndata: {}\n\n");
        assertThat(SseFrame.of(null, "token", "{}")).isEqualTo("event: token\ndata: {}\n\n");
        assertThat(SseFrame.comment("still here")).isEqualTo(": still here\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nevent: end", "a\rb", "\n"})
    void holdsNoLineBreakThatWouldBeginAnotherField(String text) {
        assertThatThrownBy(() -> SseFrame.of(1L, "token", text)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> SseFrame.of(1L, text, "{}")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> SseFrame.comment(text)).isInstanceOf(AssertionError.class);
    }

    @Test
    void isWrittenAsUtf8() {
        assertThat(SseFrame.buffer("é🐝").toString(UTF_8)).isEqualTo("é🐝");
        assertThat(SseFrame.buffer("é🐝").readableByteCount()).isEqualTo(6);
    }
}
