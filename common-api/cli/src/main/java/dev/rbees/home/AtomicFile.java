package dev.rbees.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Files that are complete or not there: a reader never sees half of one, also not after a kill or a power loss. */
public final class AtomicFile {

    private AtomicFile() {}

    /**
     * Replaces a small text file, readable by its owner alone.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when it cannot be written
     */
    public static void write(Path file, String content) {
        try {
            Path folder = RbeesHome.directory(RbeesHome.folderOf(file));
            Path draft = Files.createTempFile(folder, "." + file.getFileName() + ".", ".tmp");
            try {
                Files.writeString(draft, content, StandardCharsets.UTF_8);
                move(draft, file);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** What is told when a file or folder cannot be written. */
    public static RbeesException unwritable(Path path, IOException cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                "cannot write " + path + ": is the disk full, or the place not writable?", cause);
    }

    /** Gives a finished file its final name, in the same file system; on the disk before this returns. */
    public static void move(Path from, Path to) throws IOException {
        sync(from);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(RbeesHome.folderOf(to));
    }

    /** why: opened for reading, because that works for folders and read-only files too. */
    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
