package dev.rbees.orchestrator.dispatch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a worker's stream into frames: bytes in, in pieces of any size; names and data out. Lines and frames are bounded. One thread
 * at a time.
 */
final class SseDecoder {

    /** The longest line, in bytes. */
    static final int MAX_LINE = 64 * 1024;
    /** The longest frame, comments before it included, in bytes. */
    static final int MAX_FRAME = 2 * MAX_LINE;

    private static final byte[] NO_DATA = {};
    private static final byte[] EVENT = "event:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);

    /** Takes frames. */
    @FunctionalInterface
    interface Sink {
        /**
         * A frame is complete.
         *
         * @param name of the event, empty when it has none
         * @param data its one line; empty when there was none, as with a comment
         * @param size bytes of the whole frame
         */
        void frame(String name, byte[] data, int size);
    }

    private final Sink sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private String name = "";
    private byte[] data = NO_DATA;
    private int size;

    SseDecoder(Sink sink) {
        this.sink = sink;
    }

    /** @throws BrokenRule when a line or a frame is longer than any that a worker writes, or has data in two lines */
    void feed(byte[] bytes) {
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                add(bytes, from, i - from);
                take(line.toByteArray());
                line.reset();
                from = i + 1;
            }
        }
        add(bytes, from, bytes.length - from);
    }

    private void add(byte[] bytes, int from, int length) {
        if (line.size() + length > MAX_LINE) {
            throw new BrokenRule("a line of more than " + MAX_LINE + " bytes");
        }
        line.write(bytes, from, length);
    }

    private void take(byte[] text) {
        size += text.length + 1;
        if (size > MAX_FRAME) {
            throw new BrokenRule("a frame of more than " + MAX_FRAME + " bytes");
        }
        int length = text.length > 0 && text[text.length - 1] == '\r' ? text.length - 1 : text.length;
        if (length == 0) {
            end();
        } else if (startsWith(text, EVENT)) {
            name = new String(text, EVENT.length, length - EVENT.length, StandardCharsets.UTF_8).strip();
        } else if (startsWith(text, DATA)) {
            if (data.length > 0) {
                throw new BrokenRule("data in more than one line");
            }
            data = Arrays.copyOfRange(text, DATA.length, length);
        }
    }

    private void end() {
        String said = name;
        byte[] with = data;
        int bytes = size;
        name = "";
        data = NO_DATA;
        size = 0;
        sink.frame(said, with, bytes);
    }

    private static boolean startsWith(byte[] text, byte[] prefix) {
        return text.length >= prefix.length && Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length);
    }
}
