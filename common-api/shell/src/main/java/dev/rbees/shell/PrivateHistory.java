package dev.rbees.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.jline.reader.impl.history.DefaultHistory;

/**
 * The lines that were typed, in a file for its owner alone. A line with a prompt is remembered as long as the shell runs and
 * never written down.
 */
final class PrivateHistory extends DefaultHistory {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    private static final Pattern PROMPT = Pattern.compile("--prompt(?!-file)");

    private PrivateHistory() {}

    /** Makes the file when it is not there, and mends one of old that others may read or that holds prompts. */
    static PrivateHistory in(Path file) throws IOException {
        if (Files.getFileStore(file.toAbsolutePath().getRoot()).supportsFileAttributeView("posix")) {
            try {
                Files.createFile(file, PRIVATE);
            } catch (FileAlreadyExistsException _) {
                Files.setPosixFilePermissions(file, OWNER_ONLY);
            }
        }
        if (Files.exists(file)) {
            forgetPrompts(file);
        }
        return new PrivateHistory();
    }

    private static void forgetPrompts(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        List<String> kept = lines.stream().filter(line -> !carriesPrompt(line)).toList();
        if (kept.size() < lines.size()) {
            Files.write(file, kept, StandardCharsets.UTF_8);
        }
    }

    private static boolean carriesPrompt(String line) {
        return PROMPT.matcher(line).find();
    }

    @Override
    public boolean isPersistable(Entry entry) {
        return super.isPersistable(entry) && !carriesPrompt(entry.line());
    }
}
