package dev.rbees.pool.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.RbeesHome;

/**
 * An unfinished download: its bytes, and beside them which version of which address they belong to.
 *
 * @param path of the bytes
 */
record PartFile(Path path) {

    private static final String PIECE = ".at-";
    private static final long LARGEST_NOTE = 64 * 1024;
    private static final Origin UNKNOWN = new Origin("", "", null);

    /**
     * @param address that the bytes came from
     * @param etag that the server gave for them, empty for none
     * @param size of the whole file as the server told it, null when it did not
     */
    record Origin(String address, String etag, @Nullable Long size) {}

    /** The bytes that are there. */
    long size() throws IOException {
        return Files.exists(path) ? Files.size(path) : 0;
    }

    /** Where the bytes came from; with an empty address when that is not known. */
    Origin origin() throws IOException {
        try {
            return Files.size(note()) > LARGEST_NOTE ? UNKNOWN : Json.read(Files.readString(note()), Origin.class);
        } catch (NoSuchFileException | RbeesException _) {
            return UNKNOWN;
        }
    }

    /** Forgets what is there and begins anew. */
    void begin(Origin origin) throws IOException {
        Files.deleteIfExists(path);
        AtomicFile.write(note(), Json.write(origin));
    }

    OutputStream append() throws IOException {
        return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** A later piece of the same file, which came before what is between. */
    PartFile piece(long from) {
        return new PartFile(path.resolveSibling(path.getFileName() + PIECE + from));
    }

    /** Forgets what is there, with all later pieces. */
    void delete() throws IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(note());
        for (Path other : Folders.children(RbeesHome.folderOf(path))) {
            if (String.valueOf(other.getFileName()).startsWith(path.getFileName() + PIECE)) {
                Files.deleteIfExists(other);
            }
        }
    }

    private Path note() {
        return path.resolveSibling(path.getFileName() + ".origin");
    }
}
