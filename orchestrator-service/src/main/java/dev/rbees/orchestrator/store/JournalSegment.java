package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.CRC32C;

import dev.rbees.orchestrator.events.LoggedEvent;

/**
 * One file of the journal, which only grows. A record is its length and its CRC-32C, both four bytes, the most significant first,
 * and {@code task sequence type newline data} in UTF-8. Whoever writes or asks for the size holds the lock of the
 * journal; forcing needs none.
 */
final class JournalSegment implements AutoCloseable {

    static final int HEAD = 2 * Integer.BYTES;
    static final int MAX_RECORD = 64 * 1024 * 1024;

    private final Path path;
    // why: a channel would be closed for everybody when a thread is interrupted that writes to it
    private final RandomAccessFile file;
    private long size;
    private boolean torn;

    private JournalSegment(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    /** Makes the file, readable by its owner alone. */
    static JournalSegment create(Path path) throws IOException {
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return new JournalSegment(path, new RandomAccessFile(path.toFile(), "rw"));
    }

    Path path() {
        return path;
    }

    /** In bytes. */
    long size() {
        return size;
    }

    /** Hands a {@link #record} to the system. One that fails leaves nothing behind. */
    void write(byte[] record) throws IOException {
        mend();
        torn = true;
        file.write(record);
        torn = false;
        size += record.length;
    }

    /** why: a full disk may have taken half of the last record. */
    private void mend() throws IOException {
        if (torn) {
            file.setLength(size);
            file.seek(size);
            torn = false;
        }
    }

    /** The bytes of an event; needs no lock. */
    static byte[] record(String task, LoggedEvent event) {
        byte[] text = (task + ' ' + event.sequence() + ' ' + event.type() + '\n' + event.data())
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD + text.length).putInt(text.length).putInt(checksum(text)).put(text).array();
    }

    static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Returns when all that was written before is on the disk. */
    void force() throws IOException {
        file.getChannel().force(false);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
