package dev.rbees.ctl.install;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

import dev.rbees.api.error.RbeesException;
import dev.rbees.shell.render.ProgressLine;

/** Tells how much of a stream has been read, until it ends or is closed. Read by one thread, closed by any. */
final class CountedInput extends FilterInputStream {

    private final ProgressLine progress;
    private long done;
    private boolean over;

    CountedInput(InputStream in, ProgressLine progress) {
        super(in);
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public synchronized int read(byte[] bytes, int from, int count) throws IOException {
        int read = over ? -1 : super.read(bytes, from, count);
        if (read < 0) {
            end();
            return read;
        }
        done += read;
        try {
            progress.at(done);
        } catch (RbeesException e) {
            throw (IOException) new InterruptedIOException("sending was interrupted").initCause(e);
        }
        return read;
    }

    private void end() {
        if (!over) {
            over = true;
            progress.end();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        end();
        super.close();
    }
}
