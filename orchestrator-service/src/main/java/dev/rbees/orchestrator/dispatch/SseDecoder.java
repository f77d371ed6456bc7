package dev.rbees.orchestrator.dispatch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/** Cuts a worker's stream into events: bytes in, in pieces of any size; names and data out. */
final class SseDecoder {

    private static final int MAX_LINE = 1024 * 1024;

    private final BiConsumer<String, String> sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private String name = "";
    private String data = "";

    /** @param sink takes name and data of each event; our workers write the data in one line */
    SseDecoder(BiConsumer<String, String> sink) {
        this.sink = sink;
    }

    /** @throws IllegalArgumentException when a line is longer than any that a worker writes */
    void feed(byte[] bytes) {
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                line.write(bytes, from, i - from);
                take(line.toString(StandardCharsets.UTF_8));
                line.reset();
                from = i + 1;
            }
        }
        line.write(bytes, from, bytes.length - from);
        if (line.size() > MAX_LINE) {
            throw new IllegalArgumentException("a line is longer than " + MAX_LINE + " bytes");
        }
    }

    private void take(String text) {
        if (text.isEmpty()) {
            if (!data.isEmpty()) {
                sink.accept(name, data);
            }
            name = "";
            data = "";
        } else if (text.startsWith("event:")) {
            name = text.substring("event:".length()).strip();
        } else if (text.startsWith("data:")) {
            data = text.substring("data:".length()).strip();
        }
    }
}
