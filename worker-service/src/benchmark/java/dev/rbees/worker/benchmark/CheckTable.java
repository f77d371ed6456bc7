package dev.rbees.worker.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.Callable;

/** The findings of {@link GpuCheck}: lines of a table in a file, written as they come, so that a crash loses none. */
final class CheckTable {

    private final Path file;
    private boolean failed;

    CheckTable(Path file) {
        this.file = file;
    }

    /** Something that must be so. */
    void require(String what, boolean so, String found) {
        failed |= !so;
        row(so ? "ok" : "FAIL", what, found);
    }

    /** Something that was measured. */
    void note(String what, String found) {
        row("-", what, found);
    }

    void note(String what, double number, String unit) {
        note(what, String.format(Locale.ROOT, "%.4g %s", number, unit));
    }

    /** A part of the check; what it throws is a line of its own, and the next part follows. */
    void part(String what, Callable<?> work) {
        try {
            work.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            require(what, false, "interrupted");
        } catch (Exception e) {
            e.printStackTrace();
            require(what, false, String.valueOf(e));
        }
    }

    /** Whether something was not as it must be. */
    boolean failed() {
        return failed;
    }

    private void row(String status, String what, String found) {
        String line = "| %s | %s | %s |%n".formatted(status, what, found.replaceAll("[\\r\\n|]+", " "));
        System.out.print(line);
        try {
            Files.writeString(file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
