package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.Sha256;

/**
 * Remembers the digests of files, so that a large one is not read again at every start: a note holds as long as the file is
 * the same one, with the same size and the same times of its last change. Like the index of a version control system it takes
 * no note of a file that changed just before, because a second change could bear the same time.
 */
final class DigestMemory {

    private static final Duration SETTLED = Duration.ofSeconds(2);
    private static final String ATTRIBUTES = "unix:size,ino,dev,lastModifiedTime,ctime";

    private final Path folder;
    private final InstantSource clock;

    /** @param folder of the notes; made when there is something to note */
    DigestMemory(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /**
     * How a file looks from outside.
     *
     * @param mark differs when the file was changed or replaced
     * @param changed when that was last
     */
    private record Look(String mark, Instant changed) {

        /** Nothing where the system does not tell when a file was changed. */
        static Optional<Look> at(Path file) throws IOException {
            if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                return Optional.empty();
            }
            Map<String, Object> seen = Files.readAttributes(file, ATTRIBUTES);
            Instant changed = ((FileTime) Objects.requireNonNull(seen.get("ctime"))).toInstant();
            return Optional.of(new Look(seen.get("size") + " " + seen.get("dev") + " " + seen.get("ino") + " "
                    + seen.get("lastModifiedTime") + " " + changed, changed));
        }
    }

    /** Finds the digest of a file. */
    @FunctionalInterface
    interface Reading {
        String digest() throws IOException;
    }

    /** The digest of a file, from the note or by reading it. */
    String of(Path file, Reading reading) throws IOException {
        Instant now = clock.instant();
        Optional<Look> look = Look.at(file);
        if (look.isEmpty()) {
            return reading.digest();
        }
        Path note = note(file);
        Optional<String> noted = read(note, look.get());
        if (noted.isPresent()) {
            return noted.get();
        }
        String digest = reading.digest();
        if (look.get().changed().plus(SETTLED).isBefore(now) && look.equals(Look.at(file))) {
            write(note, look.get(), digest);
        }
        return digest;
    }

    private static Optional<String> read(Path note, Look look) {
        try {
            String[] lines = Files.readString(note).split("\n", -1);
            return lines.length == 3 && lines[0].equals(look.mark()) && lines[1].matches("[0-9a-f]{64}")
                    ? Optional.of(lines[1])
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void write(Path note, Look look, String digest) {
        try {
            AtomicFile.write(note, look.mark() + "\n" + digest + "\n");
        } catch (RbeesException e) {
            // why: without a note the next start takes longer, and that is all
        }
    }

    private Path note(Path file) throws IOException {
        byte[] path = file.toRealPath().toString().getBytes(StandardCharsets.UTF_8);
        return folder.resolve(Sha256.of(path).substring(0, 32));
    }
}
