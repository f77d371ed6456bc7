package dev.rbees.service;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TraceContextTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    void goesOnWithTheCallersTrace() {
        TraceContext context = TraceContext.of("00-" + TRACE + "-" + SPAN + "-01");
        assertThat(context).isEqualTo(new TraceContext(TRACE, SPAN, "01"));
        assertThat(context.next()).matches("00-" + TRACE + "-[0-9a-f]{16}-01").doesNotContain(SPAN);
        assertThat(TraceContext.of("cc-" + TRACE + "-" + SPAN + "-00-later").header())
                .as("a version to come").isEqualTo("00-" + TRACE + "-" + SPAN + "-00");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "00", "00-" + TRACE + "-" + SPAN, "ff-" + TRACE + "-" + SPAN + "-01",
        "00-" + TRACE + "-" + SPAN + "-01-more", "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + TRACE + "-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
        "00-" + TRACE + "-" + SPAN + "-01\r\nX-Evil: 1"})
    void beginsATraceOfItsOwnOtherwise(String header) {
        assertThat(TraceContext.of(header).header()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00").doesNotContain(TRACE);
    }
}
