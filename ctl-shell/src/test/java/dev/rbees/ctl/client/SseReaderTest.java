package dev.rbees.ctl.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.rbees.ctl.client.SseReader.Event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SseReaderTest {

    private static List<Event> read(String stream) throws IOException {
        SseReader reader = new SseReader(new ByteArrayInputStream(stream.getBytes(UTF_8)));
        List<Event> events = new ArrayList<>();
        for (Optional<Event> event = reader.next(); event.isPresent(); event = reader.next()) {
            events.add(event.get());
        }
        return events;
    }

    @Test
    void readsEventsAndPassesOverComments() throws IOException {
        assertThat(read(": hello\n\nid: 1\nevent: queued\ndata: {\"a\":1}\n\n: ping\n\nid:2\nevent:token\ndata:x\n\n"))
                .containsExactly(new Event("1", "queued", "{\"a\":1}"), new Event("2", "token", "x"));
    }

    @Test
    void joinsDataLinesAndKeepsTheLastId() throws IOException {
        assertThat(read("id: 7\ndata: a\ndata: b\n\ndata:  c\n\n"))
                .containsExactly(new Event("7", "message", "a\nb"), new Event("7", "message", " c"));
    }

    @Test
    void takesEveryKindOfLineEnd() throws IOException {
        List<Event> three = List.of(new Event("", "message", "ä"), new Event("", "message", "b"),
                new Event("", "message", "c"));

        assertThat(read("data: ä\r\n\r\ndata: b\r\rdata: c\n\n")).isEqualTo(three);
    }

    @Test
    void anUnfinishedEventIsNone() throws IOException {
        assertThat(read("data: a\n\ndata: b\n")).containsExactly(new Event("", "message", "a"));
        assertThat(read("data: a\n\ndata: b")).hasSize(1);
    }

    @Test
    void anEventWithoutDataIsNone() throws IOException {
        assertThat(read("event: x\n\ndata: a\n\n")).containsExactly(new Event("", "message", "a"));
    }

    @Test
    void aVeryLongLineEndsTheReading() {
        assertThatThrownBy(() -> read("data: " + "x".repeat(2_000_000))).isInstanceOf(IOException.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void aVeryLongEventEndsTheReading() {
        assertThatThrownBy(() -> read(("data: " + "x".repeat(1000) + "\n").repeat(2000))).isInstanceOf(IOException.class)
                .hasMessageContaining("longer than");
    }
}
