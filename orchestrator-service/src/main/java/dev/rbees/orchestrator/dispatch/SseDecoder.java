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
                if (line.size() == 0) {
                    check(i - from);
                    take(bytes, from, i);
                } else {
                    add(bytes, from, i - from);
                    take(line.toByteArray(), 0, line.size());
                    line.reset();
                }
                from = i + 1;
            }
        }
        add(bytes, from, bytes.length - from);
    }

    private void add(byte[] bytes, int from, int length) {
        check(line.size() + length);
        line.write(bytes, from, length);
    }

    private static void check(int length) {
        if (length > MAX_LINE) {
            throw new BrokenRule("a line of more than " + MAX_LINE + " bytes");
        }
    }

    /** A whole line; nearly always it is taken where it lies. */
    private void take(byte[] text, int from, int to) {
        size += to - from + 1;
        if (size > MAX_FRAME) {
            throw new BrokenRule("a frame of more than " + MAX_FRAME + " bytes");
        }
        int end = to > from && text[to - 1] == '\r' ? to - 1 : to;
        if (end == from) {
            end();
        } else if (startsWith(text, from, to, EVENT)) {
            int begin = from + EVENT.length;
            name = new String(text, begin, Math.max(0, end - begin), StandardCharsets.UTF_8).strip();
        } else if (startsWith(text, from, to, DATA)) {
            if (data.length > 0) {
                throw new BrokenRule("data in more than one line");
            }
            int begin = from + DATA.length;
            data = Arrays.copyOfRange(text, begin, Math.max(begin, end));
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

    private static boolean startsWith(byte[] text, int from, int to, byte[] prefix) {
        return to - from >= prefix.length
                && Arrays.equals(text, from, from + prefix.length, prefix, 0, prefix.length);
    }
}
