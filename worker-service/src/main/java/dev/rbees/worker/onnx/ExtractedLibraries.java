package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The native libraries that ONNX Runtime's Java interface unpacks for each process into a folder of its own among the system's
 * temporary files. It removes them at an orderly end only, and a worker ends in other ways too.
 */
public final class ExtractedLibraries {

    private static final Path MAPPED = Path.of("/proc/self/maps");
    private static final Pattern FOLDER = Pattern.compile("\\s(/\\S.*/onnxruntime-java\\d+)/");

    private ExtractedLibraries() {}

    /**
     * Removes the folder of this process; call it when everything is loaded. What is loaded stays usable, because the system keeps
     * files that are mapped. Does nothing where the system does not say which files are (it is Linux that does).
     */
    public static void delete() {
        try {
            folders(Files.readAllLines(MAPPED)).forEach(ExtractedLibraries::delete);
        } catch (IOException | RuntimeException e) {
            // why: what stays is for whoever clears the temporary files
        }
    }

    /** The folders that lines of a process's memory map name. */
    static Set<String> folders(List<String> maps) {
        Set<String> folders = new TreeSet<>();
        for (String line : maps) {
            Matcher folder = FOLDER.matcher(line);
            if (folder.find()) {
                folders.add(folder.group(1));
            }
        }
        return folders;
    }

    private static void delete(String folder) {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(Path.of(folder));
        } catch (IOException e) {
            // why: as above
        }
    }
}
