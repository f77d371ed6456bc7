package dev.rbees.pool.model;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Gives bytes in pieces with a pause after each, so that others come in between. */
final class SlowStream extends FilterOutputStream {

    private final int piece;
    private final Duration pause;
    private final IntConsumer given;

    /** @param given is told how many bytes each piece had */
    SlowStream(OutputStream out, int piece, Duration pause, IntConsumer given) {
        super(out);
        this.piece = piece;
        this.pause = pause;
        this.given = given;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        for (int at = 0; at < count; at += piece) {
            int now = Math.min(piece, count - at);
            out.write(bytes, from + at, now);
            out.flush();
            given.accept(now);
            LockSupport.parkNanos(pause.toNanos());
        }
    }
}
