package dev.rbees.service;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The file into which a starter has led our log, as {@code rbees-pool} does for workers. When it has become too large, its content goes
 * to a second file beside it, and it begins anew. The file itself stays the same, because it is the starter's.
 */
final class LogFile {

    private static final long LARGEST = 16L * 1024 * 1024;
    private static final Path STDERR = Path.of("/proc/self/fd/2");
    private static final Path STDERR_FACTS = Path.of("/proc/self/fdinfo/2");
    private static final int APPENDS = 0_2000;

    private final Path file;
    private final long largest;

    LogFile(Path file, long largest) {
        this.file = file;
        this.largest = largest;
    }

    /** Empty where stderr is no file, where it is not known (only Linux says it), and where writing would go on behind the cut. */
    static Optional<LogFile> behindStderr() {
        return behind(STDERR, STDERR_FACTS, LARGEST);
    }

    static Optional<LogFile> behind(Path link, Path facts, long largest) {
        try {
            Path file = link.toRealPath();
            return Files.isRegularFile(file) && appends(facts) ? Optional.of(new LogFile(file, largest)) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static boolean appends(Path facts) throws IOException {
        return Files.readAllLines(facts).stream().filter(line -> line.startsWith("flags:"))
                .anyMatch(line -> (Long.parseLong(line.substring("flags:".length()).strip(), 8) & APPENDS) != 0);
    }

    /** Begins anew when it is too large. What cannot be done is left: a log that is too long is better than none. */
    void bound() {
        try {
            if (Files.size(file) < largest) {
                return;
            }
            Files.copy(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        } catch (IOException e) {
            // why: there is no place where this could be told but the log itself
        }
    }
}
