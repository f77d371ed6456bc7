package dev.rbees.ctl.host;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts what a machine says into lines, and hands on each with the machine's name before it. */
final class PrefixedStream extends OutputStream {

    /** A line that does not end is handed on in pieces of this size. */
    private static final int LONGEST = 8192;

    private final String prefix;
    private final Consumer<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    PrefixedStream(String name, Consumer<String> lines) {
        this.prefix = name + ": ";
        this.lines = lines;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (bytes[i] == '\n') {
                end();
            } else if (bytes[i] != '\r') {
                line.write(bytes[i]);
                if (line.size() >= LONGEST) {
                    end();
                }
            }
        }
    }

    private void end() {
        lines.accept(prefix + line.toString(StandardCharsets.UTF_8));
        line.reset();
    }

    @Override
    public synchronized void close() {
        if (line.size() > 0) {
            end();
        }
    }
}
