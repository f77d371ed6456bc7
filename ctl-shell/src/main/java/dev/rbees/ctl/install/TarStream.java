package dev.rbees.ctl.install;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * Writes a tar archive in the format ustar (POSIX.1-1988), which every tar reads. Files belong to nobody in particular, are
 * for their owner alone, and keep their time of change to the second, by which AOT caches know them again.
 */
final class TarStream implements AutoCloseable {

    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_PREFIX = 155;
    private static final long LARGEST = 0_77777777777L;

    private final OutputStream out;

    TarStream(OutputStream out) {
        this.out = out;
    }

    /** @throws IOException when it cannot be read or written, or has a name that the format does not hold */
    void add(PackedFile file) throws IOException {
        if (file.isLink()) {
            out.write(header(file, '2', 0, file.target()));
            return;
        }
        long size = file.size();
        out.write(header(file, '0', size, ""));
        if (Files.copy(file.path(), out) != size) {
            throw new IOException(file.path() + " has changed while it was read");
        }
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    private static byte[] header(PackedFile file, char type, long size, String target) throws IOException {
        if (size > LARGEST) {
            throw new IOException(file.path() + " is too large");
        }
        byte[] block = new byte[BLOCK];
        int slash = file.name().length() <= LONGEST_NAME ? -1
                : file.name().lastIndexOf('/', Math.min(LONGEST_PREFIX, file.name().length() - 1));
        put(block, 0, LONGEST_NAME, file.name().substring(slash + 1));
        put(block, 345, LONGEST_PREFIX, slash < 0 ? "" : file.name().substring(0, slash));
        boolean program = type == '0' && Files.isExecutable(file.path());
        put(block, 100, 8, octal(program ? 0_700 : 0_600, 7));
        put(block, 108, 8, octal(0, 7));
        put(block, 116, 8, octal(0, 7));
        put(block, 124, 12, octal(size, 11));
        long seconds = type == '0' ? Files.getLastModifiedTime(file.path()).toInstant().getEpochSecond() : 0;
        put(block, 136, 12, octal(Math.clamp(seconds, 0, LARGEST), 11));
        put(block, 148, 8, "        ");
        block[156] = (byte) type;
        put(block, 157, LONGEST_NAME, target);
        put(block, 257, 8, "ustar\00000");
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xFF;
        }
        put(block, 148, 8, octal(sum, 6) + "\0 ");
        return block;
    }

    private static String octal(long value, int digits) {
        String text = Long.toOctalString(value);
        return "0".repeat(digits - text.length()) + text;
    }

    private static void put(byte[] block, int at, int length, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > length) {
            throw new IOException("the name " + text + " is too long for an archive");
        }
        Arrays.fill(block, at, at + length, (byte) 0);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    /** Ends the archive. */
    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.close();
    }
}
