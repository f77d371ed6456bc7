package dev.rbees.ctl.host;

import java.io.IOException;
import java.io.OutputStream;

/** Writes everything to two streams. */
final class BothStreams extends OutputStream {

    private final OutputStream one;
    private final OutputStream other;

    BothStreams(OutputStream one, OutputStream other) {
        this.one = one;
        this.other = other;
    }

    @Override
    public void write(int value) throws IOException {
        one.write(value);
        other.write(value);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        one.write(bytes, from, count);
        other.write(bytes, from, count);
    }

    @Override
    public void flush() throws IOException {
        one.flush();
        other.flush();
    }
}
