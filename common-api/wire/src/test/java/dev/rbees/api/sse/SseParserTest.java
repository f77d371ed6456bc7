package dev.rbees.api.sse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SseParserTest {

    private final List<SseEvent> events = new ArrayList<>();
    private final SseParser parser = new SseParser(events::add);

    private List<SseEvent> read(String stream) {
        parser.feed(stream.getBytes(UTF_8));
        return events;
    }

    private static SseEvent unnamed(String data) {
        return new SseEvent("", "message", data);
    }

    @Test
    void readsEventsAndPassesOverComments() {
        assertThat(read(": hello\n\nid: 1\nevent: queued\ndata: {\"a\":1}\n\n: ping\n\nid:2\nevent:token\ndata:x\n\n"))
                .containsExactly(new SseEvent("1", "queued", "{\"a\":1}"), new SseEvent("2", "token", "x"));
    }

    @Test
    void givesAnEventWithItsLastByteAndNotBefore() {
        assertThat(read("data: a\n")).isEmpty();
        assertThat(read("\n")).hasSize(1);
        assertThat(read("data: b\r")).hasSize(1);
        assertThat(read("\r")).hasSize(2);
    }

    @Test
    void joinsDataLinesAndKeepsTheLastId() {
        assertThat(read("id: 7\ndata: a\ndata: b\n\ndata:  c\n\n")).containsExactly(new SseEvent("7", "message", "a\nb"),
                new SseEvent("7", "message", " c"));
        assertThat(parser.lastId()).isEqualTo("7");
    }

    @Test
    void anIdWithANulIsNoneAndAnEmptyOneForgets() {
        assertThat(read("id: 7\nid: 8\0\ndata: a\n\nid\ndata: b\n\n")).extracting(SseEvent::id).containsExactly("7", "");
    }

    @Test
    void takesEveryKindOfLineEnd() {
        assertThat(read("data: ä\r\n\r\ndata: b\r\rdata: c\n\ndata: d\n\r\n")).containsExactly(unnamed("ä"), unnamed("b"),
                unnamed("c"), unnamed("d"));
    }

    @Test
    void aMarkIsPassedOverAtTheStartAlone() {
        assertThat(read("\uFEFFdata: a\n\n\uFEFFdata: b\n\n")).containsExactly(unnamed("a"));
    }

    @Test
    void anEmptyNameIsTheUsualOneAndEmptyDataIsData() {
        assertThat(read("event:\ndata\n\n")).containsExactly(unnamed(""));
    }

    @Test
    void anEventWithoutDataIsNoneAndItsNameIsForgotten() {
        assertThat(read("event: x\n\ndata: a\n\n")).containsExactly(unnamed("a"));
    }

    @Test
    void anUnfinishedEventIsNone() {
        assertThat(read("data: a\n\ndata: b\nid: 3")).containsExactly(unnamed("a"));
    }

    @Test
    void hearsWhenToComeBack() {
        assertThat(parser.retry()).isEmpty();
        read("retry: 1500\nretry: soon\nretry: -1\nretry: 99999999999\n\n");
        assertThat(parser.retry()).contains(Duration.ofMillis(1500));
    }

    @Test
    void bytesThatAreNoTextBecomeMarks() {
        parser.feed(new byte[] {'d', 'a', 't', 'a', ':', 'x', (byte) 0xC3, '\n', '\n'});
        assertThat(events).containsExactly(unnamed("x\uFFFD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: 123456789", ":123456789012345", "\uFEFF:123456789012"})
    void refusesALineOneByteTooLongAlsoInPieces(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        new SseParser(bytes.length, 1000, events::add).feed(bytes);
        assertThatThrownBy(() -> new SseParser(bytes.length - 1, 1000, events::add).feed(bytes))
                .isInstanceOf(SseLimitException.class).hasMessageContaining("a line is longer than");
        SseParser small = new SseParser(bytes.length - 1, 1000, events::add);
        small.feed(bytes, 0, bytes.length - 1);
        assertThatThrownBy(() -> small.feed(bytes, bytes.length - 1, 1)).isInstanceOf(SseLimitException.class);
    }

    @Test
    void refusesAnEventOfManyLines() {
        SseParser small = new SseParser(100, 20, events::add);
        small.feed("data: 7890\ndata: 7890\n\n: any number of comments\n\ndata: 7890\ndata: 7890\n".getBytes(UTF_8));
        assertThatThrownBy(() -> small.feed("x\n".getBytes(UTF_8))).isInstanceOf(SseLimitException.class)
                .hasMessageContaining("an event is longer than 20 bytes");
    }

    @Test
    void goesOnAfterASinkThatThrew() {
        List<String> seen = new ArrayList<>();
        SseParser angry = new SseParser(event -> {
            if (event.data().equals("a")) {
                throw new IllegalStateException("not this one");
            }
            seen.add(event.data());
        });
        assertThatThrownBy(() -> angry.feed("data: a\r\n\r".getBytes(UTF_8))).isInstanceOf(IllegalStateException.class);
        angry.feed("\ndata: b\n\n".getBytes(UTF_8));
        assertThat(seen).containsExactly("b");
    }

    /** Whatever the pieces, the ends of lines and the comments between: the same events come out. */
    @Test
    void theCutsOfAStreamDoNotMatter() {
        for (int seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<SseEvent> wanted = new ArrayList<>();
            byte[] stream = stream(random, wanted).getBytes(UTF_8);
            List<SseEvent> got = new ArrayList<>();
            SseParser cut = new SseParser(got::add);
            for (int at = 0; at < stream.length;) {
                int count = Math.min(stream.length - at, random.nextInt(0, random.nextBoolean() ? 3 : 40));
                cut.feed(stream, at, count);
                at += count;
            }
            assertThat(got).as("seed %d", seed).isEqualTo(wanted);
        }
    }

    private static String stream(SplittableRandom random, List<SseEvent> wanted) {
        StringBuilder stream = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
        String id = "";
        for (int i = random.nextInt(6); i > 0; i--) {
            String name = random.nextBoolean() ? "token" : "message";
            id = random.nextBoolean() ? text(random) : id;
            stream.append("id:").append(space(random, id)).append(end(random));
            if (!name.equals("message")) {
                stream.append("event: ").append(name).append(end(random));
            }
            List<String> lines = new ArrayList<>();
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                String line = text(random);
                lines.add(line);
                stream.append("data:").append(space(random, line)).append(end(random));
                stream.append(random.nextInt(4) == 0 ? ": ping" + end(random) : "");
                stream.append(random.nextInt(8) == 0 ? "unknown: field" + end(random) : "");
            }
            wanted.add(new SseEvent(id, name, String.join("\n", lines)));
            // why: CR and LF side by side are one end, so the empty line must not begin with the half that is missing
            stream.append(stream.charAt(stream.length() - 1) == '\r' ? "\r" : "\n");
            stream.append(random.nextInt(4) == 0 ? ": between" + end(random) + "\n" : "");
        }
        return stream.toString();
    }

    /** A value that begins with a space needs one more before it. */
    private static String space(SplittableRandom random, String value) {
        return (value.startsWith(" ") || random.nextBoolean() ? " " : "") + value;
    }

    private static String end(SplittableRandom random) {
        return List.of("\n", "\r\n", "\r").get(random.nextInt(3));
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(8); n > 0; n--) {
            text.append(List.of("a", " ", ":", "ä", "€", "𝄞", "{\"t\":\"x\"}", "\u2028", "\0").get(random.nextInt(8)));
        }
        return text.toString();
    }
}
