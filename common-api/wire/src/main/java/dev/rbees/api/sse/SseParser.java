package dev.rbees.api.sse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Cuts a stream of bytes into server-sent events, as the HTML standard describes them: bytes go in, in pieces of any size, and
 * each event comes out as soon as its last byte is there. It keeps at most one line and one event, both bounded, however the
 * stream is cut, and whatever it says.
 *
 * <p>Lines end with CR, LF or both. A byte order mark at the start and comments are passed over. Bytes that are no UTF-8
 * become U+FFFD. What is unfinished when the stream ends is no event. For one thread at a time; it never blocks.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation">the standard</a>
 */
public final class SseParser {

    /** Bytes of a line and of an event that no program of rbees exceeds. */
    public static final int MAX_BYTES = 1024 * 1024;

    private static final String UNNAMED = "message";
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int maxLine;
    private final int maxEvent;
    private final Consumer<SseEvent> sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;
    private boolean firstLine = true;
    private boolean afterReturn;
    private int eventBytes;
    private String id = "";
    private String name = UNNAMED;
    private Optional<Duration> retry = Optional.empty();

    /** With {@link #MAX_BYTES} for both bounds. */
    public SseParser(Consumer<SseEvent> sink) {
        this(MAX_BYTES, MAX_BYTES, sink);
    }

    /**
     * @param maxLine bytes of a line without its end, 1 or more
     * @param maxEvent bytes of all lines of an event but comments, without their ends, 1 or more
     * @param sink takes each event on the thread that feeds; what it throws comes out of {@link #feed}
     */
    public SseParser(int maxLine, int maxEvent, Consumer<SseEvent> sink) {
        if (maxLine < 1 || maxEvent < 1) {
            throw new IllegalArgumentException("the bounds of a stream must be positive");
        }
        this.maxLine = maxLine;
        this.maxEvent = maxEvent;
        this.sink = sink;
    }

    /** As {@link #feed(byte[], int, int)} with all of the bytes. */
    public void feed(byte[] bytes) {
        feed(bytes, 0, bytes.length);
    }

    /**
     * Takes the next bytes of the stream and gives the sink every event that they complete.
     *
     * @param from index of the first byte
     * @param count how many
     * @throws SseLimitException when a line or an event is longer than its bound; the parser is of no use after it
     */
    public void feed(byte[] bytes, int from, int count) {
        int end = from + count;
        int start = from;
        for (int i = from; i < end; i++) {
            byte b = bytes[i];
            if (b == '\n' && afterReturn) {
                // the second half of an end of line
                start = i + 1;
            } else if (b == '\n' || b == '\r') {
                keep(bytes, start, i);
                start = i + 1;
                // why: set before the sink, which may throw
                afterReturn = b == '\r';
                endLine();
                continue;
            }
            afterReturn = false;
        }
        keep(bytes, start, end);
    }

    /** How long the stream asks its reader to wait before it comes back; empty when it does not say. */
    public Optional<Duration> retry() {
        return retry;
    }

    /** The last id that a complete event of the stream carried or confirmed; empty before the first. */
    public String lastId() {
        return id;
    }

    private void keep(byte[] bytes, int from, int to) {
        if (line.size() + (to - from) > maxLine) {
            throw new SseLimitException("a line is longer than " + maxLine + " bytes");
        }
        line.write(bytes, from, to - from);
    }

    private void endLine() {
        byte[] bytes = line.toByteArray();
        line.reset();
        int from = firstLine && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        firstLine = false;
        int length = bytes.length - from;
        if (length == 0) {
            endEvent();
        } else if (bytes[from] != ':') {
            eventBytes += length;
            if (eventBytes > maxEvent) {
                throw new SseLimitException("an event is longer than " + maxEvent + " bytes");
            }
            field(new String(bytes, from, length, StandardCharsets.UTF_8));
        }
    }

    private static boolean startsWithMark(byte[] bytes) {
        return bytes.length >= BYTE_ORDER_MARK.length && bytes[0] == BYTE_ORDER_MARK[0] && bytes[1] == BYTE_ORDER_MARK[1]
                && bytes[2] == BYTE_ORDER_MARK[2];
    }

    private void field(String text) {
        int colon = text.indexOf(':');
        String field = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(text.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
        switch (field) {
            case "event" -> name = value;
            case "data" -> {
                data.append(hasData ? "\n" : "").append(value);
                hasData = true;
            }
            case "id" -> id = value.indexOf('\0') < 0 ? value : id;
            case "retry" -> retry = value.matches("[0-9]{1,9}") ? Optional.of(Duration.ofMillis(Integer.parseInt(value)))
                    : retry;
            default -> {
                // the standard passes over fields that it does not know
            }
        }
    }

    private void endEvent() {
        SseEvent event = new SseEvent(id, name.isEmpty() ? UNNAMED : name, data.toString());
        boolean complete = hasData;
        name = UNNAMED;
        data.setLength(0);
        hasData = false;
        eventBytes = 0;
        if (complete) {
            sink.accept(event);
        }
    }
}
