package dev.rbees.orchestrator.store;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.orchestrator.events.LoggedEvent;

/**
 * One file of the journal, which only grows. A record is its length and its CRC-32C, both four bytes, the most significant first,
 * and {@code task sequence type newline data} in UTF-8. Whoever writes or asks for the size holds the lock of the
 * journal; forcing needs none.
 */
final class JournalSegment implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JournalSegment.class);
    private static final int HEAD = 2 * Integer.BYTES;
    private static final int MAX_RECORD = 64 * 1024 * 1024;

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

    /** Hands a record to the system. One that fails leaves nothing behind. */
    void write(String task, LoggedEvent event) throws IOException {
        mend();
        byte[] record = record(task, event);
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

    private static byte[] record(String task, LoggedEvent event) {
        byte[] text = (task + ' ' + event.sequence() + ' ' + event.type() + '\n' + event.data())
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD + text.length).putInt(text.length).putInt(checksum(text)).put(text).array();
    }

    private static int checksum(byte[] bytes) {
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

    /** Reads the records of a file, as far as they are whole: a power cut may have lost the last ones. */
    static void read(Path path, BiConsumer<String, LoggedEvent> sink) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            while (true) {
                int length = in.readInt();
                int checksum = in.readInt();
                byte[] text = length < 0 || length > MAX_RECORD ? new byte[0] : in.readNBytes(length);
                if (text.length != length || checksum(text) != checksum) {
                    LOG.warn("{} ends with a record that is not whole; it and what followed is passed over",
                            path.getFileName());
                    return;
                }
                deliver(new String(text, StandardCharsets.UTF_8), sink);
            }
        } catch (EOFException e) {
            LOG.debug("{} is read", path.getFileName());
        }
    }

    private static void deliver(String text, BiConsumer<String, LoggedEvent> sink) {
        int line = text.indexOf('\n');
        String[] head = text.substring(0, line).split(" ", 3);
        sink.accept(head[0], new LoggedEvent(Long.parseLong(head[1]), head[2], text.substring(line + 1)));
    }
}
