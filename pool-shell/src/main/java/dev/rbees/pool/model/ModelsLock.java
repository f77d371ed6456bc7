package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;

/**
 * The digests of the models' files, as they were when they were checked: lines of {@code <hex sha256>  <id>/<file>}, sorted
 * by name, so that {@code sha256sum -c} reads them as well. A file without a line counts as not downloaded.
 */
final class ModelsLock {

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (\\S.*)");
    private static final long LARGEST = 4 * 1024 * 1024;

    private final Path file;

    ModelsLock(Path file) {
        this.file = file;
    }

    /** Writes digests down, by {@code <id>/<file>}; lines of other files stay. */
    void put(Map<String, String> digests) {
        change(lines -> lines.putAll(digests));
    }

    /** Forgets every file of a model. */
    void removeAll(String id) {
        change(lines -> lines.keySet().removeIf(name -> name.startsWith(id + "/")));
    }

    private void change(Consumer<Map<String, String>> change) {
        try (LockFile _ = LockFile.acquire(file.resolveSibling(".lock"), () -> {
        })) {
            Map<String, String> lines = read();
            change.accept(lines);
            StringBuilder text = new StringBuilder();
            lines.forEach((path, digest) -> text.append(digest).append("  ").append(path).append('\n'));
            AtomicFile.write(file, text.toString());
        }
    }

    /** The digests that are written down, by {@code <id>/<file>}. */
    Map<String, String> read() {
        Map<String, String> lines = new TreeMap<>();
        try {
            if (Files.size(file) > LARGEST) {
                throw broken("is too large");
            }
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                Matcher parts = LINE.matcher(line);
                if (!parts.matches()) {
                    throw broken("has a line that is no digest and name");
                }
                lines.put(parts.group(2), parts.group(1));
            }
        } catch (NoSuchFileException _) {
            return lines;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + file, e);
        }
        return lines;
    }

    private RbeesException broken(String how) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, file + " " + how
                + "; delete it, then 'rbees-pool models download' checks the files anew and writes it again");
    }
}
