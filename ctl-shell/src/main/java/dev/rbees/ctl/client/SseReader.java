package dev.rbees.ctl.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads a stream of server-sent events. Comments are passed over, lines and events are bounded. */
final class SseReader {

    private static final int LONGEST_EVENT = 1024 * 1024;

    private final InputStream in;
    private String lastId = "";
    private boolean afterReturn;

    SseReader(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /**
     * An event.
     *
     * @param id the last id that the stream gave, empty before the first
     * @param name its name
     * @param data its lines
     */
    record Event(String id, String name, String data) {}

    /**
     * The next event; empty at the end of the stream, also in the middle of an event.
     *
     * @throws IOException when the connection breaks or an event is too long
     */
    Optional<Event> next() throws IOException {
        String name = "message";
        StringBuilder data = new StringBuilder();
        boolean hasData = false;
        for (Optional<String> line = line(); line.isPresent(); line = line()) {
            String text = line.get();
            int colon = text.indexOf(':');
            String field = colon < 0 ? text : text.substring(0, colon);
            String value = colon < 0 ? "" : text.substring(colon + 1).replaceFirst("^ ", "");
            if (text.isEmpty()) {
                if (hasData) {
                    return Optional.of(new Event(lastId, name, data.toString()));
                }
                name = "message";
            } else if (field.equals("event")) {
                name = value;
            } else if (field.equals("id")) {
                lastId = value;
            } else if (field.equals("data")) {
                data.append(hasData ? "\n" : "").append(value);
                hasData = true;
            }
            if (data.length() > LONGEST_EVENT) {
                throw new IOException("an event is longer than " + LONGEST_EVENT + " characters");
            }
        }
        return Optional.empty();
    }

    /** A line without its end: CR, LF or both. An unfinished last line is none. */
    private Optional<String> line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = b == '\r';
            if (b == '\n' || b == '\r') {
                return Optional.of(line.toString(StandardCharsets.UTF_8));
            }
            line.write(b);
            if (line.size() > LONGEST_EVENT) {
                throw new IOException("a line is longer than " + LONGEST_EVENT + " bytes");
            }
        }
        return Optional.empty();
    }
}
