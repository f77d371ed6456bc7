package dev.rbees.orchestrator.provisioning;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import dev.rbees.cli.Printable;

/** Cuts what a program writes to standard error into lines; a line that is written over counts as one. */
final class ProgressLines extends OutputStream {

    private static final int LONGEST = 1_000;

    private final Consumer<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private String last = "";

    /** @param lines hears each that is not blank, without what is not printable */
    ProgressLines(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n' || b == '\r') {
            end();
        } else if (line.size() < LONGEST) {
            line.write(b);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
        for (int i = from; i < from + count; i++) {
            write(bytes[i]);
        }
    }

    /** Nothing more comes. */
    synchronized void end() {
        String text = Printable.line(line.toString(StandardCharsets.UTF_8)).strip();
        line.reset();
        if (!text.isEmpty()) {
            last = text;
            lines.accept(text);
        }
    }

    /** The last line; empty for none. */
    synchronized String last() {
        return last;
    }
}
