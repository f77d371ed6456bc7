package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

import dev.rbees.home.Sha256;

/**
 * What was copied.
 *
 * @param bytes how many; more than were asked for when there are more
 * @param sha256 of them, hex
 */
record DigestedCopy(long bytes, String sha256) {

    private static final int BUFFER = 256 * 1024;

    /**
     * Copies a file whose size is known, and stops when it proves to be larger.
     *
     * @param progress hears again and again how many bytes are copied
     */
    static DigestedCopy of(InputStream in, OutputStream out, long size, LongConsumer progress) throws IOException {
        MessageDigest digest = Sha256.start();
        byte[] buffer = new byte[BUFFER];
        long done = 0;
        for (int count = in.read(buffer); count >= 0 && done <= size; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
            out.write(buffer, 0, count);
            done += count;
            progress.accept(Math.min(done, size));
        }
        return new DigestedCopy(done, Sha256.hex(digest));
    }
}
