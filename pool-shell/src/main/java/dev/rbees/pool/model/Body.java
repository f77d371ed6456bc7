package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What an answer brings.
 *
 * @param answer that is read
 * @param limits how long nothing may come
 */
record Body(HttpGet.Answer answer, DownloadLimits limits) {

    private static final int BUFFER = 128 * 1024;

    /** Hears how many bytes have come. */
    @FunctionalInterface
    interface Hearer {
        void came(long bytes) throws IOException;
    }

    /**
     * Writes all of it.
     *
     * @param most bytes that may come
     * @return how many came
     * @throws IOException when they cannot be written
     * @throws BrokenTransfer when the connection breaks, or nothing comes
     * @throws SourceException when more come
     */
    long copyTo(OutputStream out, long most, Hearer hearer) throws IOException, BrokenTransfer, SourceException {
        long bytes = 0;
        byte[] buffer = new byte[BUFFER];
        try (StallGuard guard = new StallGuard(limits.stall(), answer)) {
            for (int count = read(buffer, guard); count >= 0; count = read(buffer, guard)) {
                guard.sign();
                if (bytes + count > most) {
                    throw new SourceException("sends more than the file has");
                }
                out.write(buffer, 0, count);
                bytes += count;
                hearer.came(bytes);
            }
        }
        return bytes;
    }

    private int read(byte[] buffer, StallGuard guard) throws BrokenTransfer {
        InputStream body = answer.body();
        try {
            int count = body.read(buffer);
            if (count >= 0 || !guard.fired()) {
                return count;
            }
        } catch (IOException e) {
            if (!guard.fired()) {
                throw new BrokenTransfer(e);
            }
        }
        throw new BrokenTransfer("nothing came for " + limits.stall().toSeconds() + " s");
    }
}
