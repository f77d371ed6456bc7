package dev.rbees.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** Ctrl-C: a shell starts what it puts into the background deaf to it, and whatever that starts is deaf as well. */
public final class Interrupts {

    private static final long SIGINT = 1L << 1;

    private Interrupts() {}

    /** Skips the test when processes that it starts would not hear of SIGINT. */
    public static void assumeHeard() throws IOException {
        assumeFalse(ignored(), "this process ignores SIGINT, and so do those that it starts");
    }

    /** False where the system does not say. */
    private static boolean ignored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.isReadable(status) && Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT) != 0);
    }
}
