package dev.rbees.home;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds programs as a shell does, in the folders of {@code PATH}. */
public final class SearchPath {

    private SearchPath() {}

    /** The first executable file of this name. */
    public static Optional<Path> find(String program, Map<String, String> environment) {
        for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            try {
                Path file = Path.of(folder, program);
                if (!folder.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
                    return Optional.of(file);
                }
            } catch (InvalidPathException _) {
                // a shell passes over such a folder as well
            }
        }
        return Optional.empty();
    }
}
