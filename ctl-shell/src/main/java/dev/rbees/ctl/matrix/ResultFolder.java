package dev.rbees.ctl.matrix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.AtomicFile;

/**
 * A folder with results, one JSON file for each machine and each comparison.
 *
 * @param folder that is there
 */
public record ResultFolder(Path folder) {

    /** @throws RbeesException NOT_FOUND when there is no such folder */
    public ResultFolder {
        if (!Files.isDirectory(folder)) {
            throw new RbeesException(ErrorCode.NOT_FOUND, "there is no folder " + folder);
        }
    }

    /** The page of all results in it. */
    public SupportPage page() {
        List<byte[]> documents = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
            TreeSet<Path> sorted = new TreeSet<>();
            files.forEach(sorted::add);
            for (Path file : sorted) {
                documents.add(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read the results in " + folder, e);
        }
        if (documents.isEmpty()) {
            throw new RbeesException(ErrorCode.NOT_FOUND, "there are no results (*.json) in " + folder);
        }
        return SupportPage.of(documents);
    }

    /** Writes a file that everybody may read, unlike those of RBEES_HOME. */
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /**
     * Writes the results of one machine, in place of earlier ones of it.
     *
     * @param machine empty for this one
     */
    public void write(String machine, Results results) {
        String name = machine.isEmpty() ? "models.json" : "models-" + machine.replaceAll("[^A-Za-z0-9._-]", "-") + ".json";
        write(folder.resolve(name), Json.writePretty(results) + "\n");
    }
}
