package dev.rbees.pool.inventory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Texts in which a system tells of itself. Their sizes are not known before they are read. */
final class ProcText {

    private static final int LONGEST = 4 * 1024 * 1024;

    private ProcText() {}

    /** Its lines; none when it is not there, as on other systems. */
    static List<String> lines(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    /** What stands behind the colon of the first line that begins with a key. */
    static Optional<String> value(List<String> lines, String key) {
        return lines.stream().filter(line -> line.startsWith(key) && line.indexOf(':') >= 0
                && line.substring(0, line.indexOf(':')).strip().equals(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).filter(text -> !text.isEmpty()).findFirst();
    }
}
