package dev.rbees.orchestrator.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.audit.AuditHead.Position;
import dev.rbees.orchestrator.audit.AuditQueue.Happened;

/**
 * The files of the audit log: {@code audit-000001.log} and so on, a line of JSON for each event, each with a MAC that covers the MAC of
 * the line before, over the files too. Whoever lacks the key can neither change, leave out nor add one unseen; and because the
 * {@link AuditHead} has the number of the last, nor cut off the end. (Whoever can put back older copies of all files together can: keep
 * copies elsewhere.) Audit thread, once it is open.
 */
final class AuditChain implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditChain.class);

    private final Path folder;
    private final AuditKey key;
    private final long rotateAt;
    private final AuditHead head;
    private Position end;
    private int fileNumber;
    private FileChannel file;

    private AuditChain(Path folder, AuditKey key, long rotateAt, AuditFiles.Found found) throws IOException {
        this.folder = folder;
        this.key = key;
        this.rotateAt = rotateAt;
        this.end = found.end();
        this.fileNumber = Math.max(1, found.lastFile());
        this.head = AuditHead.open(folder, key);
        this.file = openFile(fileNumber);
        if (file.size() > found.bytesOfLastFile()) {
            LOG.warn("the audit log ends in half a line, which the orchestrator was killed over; it is cut off");
            file.truncate(found.bytesOfLastFile());
        }
    }

    /**
     * Goes on where the last line ends. Reads the last two files; {@link AuditFiles#verify} reads all.
     *
     * @param rotateAt bytes of a file after which another is begun
     * @throws RbeesException STORAGE_UNAVAILABLE when they cannot be read, were changed, or were cut off
     */
    static AuditChain open(Path folder, AuditKey key, long rotateAt) {
        try {
            return new AuditChain(folder, key, rotateAt, AuditFiles.end(folder, key));
        } catch (IOException | RbeesException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot go on with the audit log in " + folder + ": "
                    + e.getMessage() + ". Find out why, and move the folder away to begin a new chain", e);
        }
    }

    /** Whether there was no line yet. */
    boolean fresh() {
        return end.count() == 0;
    }

    /** Adds lines, and returns when they are on the disk. When that fails, there is none of them, and the next call may try again. */
    void append(List<Happened> batch) throws IOException {
        if (file.size() >= rotateAt) {
            rotate();
        }
        StringBuilder lines = new StringBuilder();
        Position last = end;
        for (Happened one : batch) {
            AuditEntry entry = AuditEntry.of(key, last.count() + 1, one.when(), one.event(), last.mac());
            lines.append(entry.line()).append('\n');
            last = new Position(last.count() + 1, entry.mac());
        }
        write(lines.toString());
        end = last;
        head.write(end);
    }

    /** why: half a line would break the chain. */
    private void write(String lines) throws IOException {
        long before = file.size();
        boolean whole = false;
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(false);
            whole = true;
        } finally {
            if (!whole) {
                file.truncate(before);
            }
        }
    }

    private void rotate() throws IOException {
        FileChannel next = openFile(fileNumber + 1);
        head.force();
        file.close();
        file = next;
        fileNumber++;
    }

    private FileChannel openFile(int number) throws IOException {
        Path path = folder.resolve(AuditFiles.name(number));
        boolean fresh = !Files.exists(path);
        FileChannel channel = FileChannel.open(path,
                EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (fresh) {
            try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
                entry.force(true);
            }
        }
        return channel;
    }

    @Override
    public void close() throws IOException {
        file.close();
        head.close();
    }

    /** What an earlier version left in the folder, the newest; its chain had no key, and this one does not go on with it. */
    Optional<Path> left() throws IOException {
        return AuditFiles.ofEarlierVersions(folder).reduce((_, later) -> later);
    }
}
