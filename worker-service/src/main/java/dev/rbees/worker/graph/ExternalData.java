package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.ModelFile;

/**
 * The files beside a graph in which its constants lie. Only regular files of the graph's own folder are allowed, or what the hub's
 * tools have there in their place: a graph
 * could otherwise have any file of the machine read, and put into its answers.
 */
final class ExternalData {

    private static final int MAX_FILES = 16_384;
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+=@, -]{0,254}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private final Path folder;
    private final Path graph;
    private final Map<String, Path> files = new TreeMap<>();
    private final Map<Path, Long> sizes = new HashMap<>();

    /** @param graph in the folder, in which the files are looked for */
    ExternalData(Path folder, Path graph) {
        this.folder = folder;
        this.graph = graph;
    }

    /** The files so far, by name. */
    Map<String, Path> files() {
        return files;
    }

    /**
     * Checks one reference.
     *
     * @param entries what the graph says of it: location, and perhaps offset, length, checksum
     * @throws RbeesException MODEL_LOAD_FAILED when it is not allowed or lies outside its file
     */
    void check(Map<String, String> entries) {
        for (String key : entries.keySet()) {
            switch (key) {
                case "location", "offset", "length", "checksum" -> {
                    // these are all that ONNX defines
                }
                default -> throw refused("describes external data with the unknown key '" + brief(key) + "'");
            }
        }
        String location = entries.get("location");
        if (location == null) {
            throw refused("has external data without a location");
        }
        if (!PLAIN_NAME.matcher(location).matches()) {
            throw refused("has external data at '" + brief(location)
                    + "', which is no plain name of a file beside it");
        }
        long size = size(files.computeIfAbsent(location, this::locate));
        long offset = number(entries.getOrDefault("offset", "0"));
        long length = number(entries.getOrDefault("length", "0"));
        if (offset > size || length > size - offset) {
            throw refused("has external data at " + offset + " of " + length + " bytes in " + location + ", which has "
                    + size);
        }
    }

    private Path locate(String name) {
        if (files.size() == MAX_FILES) {
            throw refused("has external data in more than " + MAX_FILES + " files");
        }
        Path file = folder.resolve(name);
        requireOwn(folder, file);
        if (ModelFile.isHubLink(file) && !ModelFile.isHubLink(graph)) {
            throw ModelFault.of("the model's file " + name + " is a link and " + graph.getFileName()
                    + " beside it is none, and ONNX Runtime follows both or neither; download the model again");
        }
        return file;
    }

    private long size(Path file) {
        return sizes.computeIfAbsent(file, ModelFile::size);
    }

    /** Refuses everything but a regular file that lies in the folder, or in the hub's cache of the model, and has no other name. */
    static void requireOwn(Path folder, Path file) {
        String name = file.getFileName().toString();
        try {
            ModelFile.requireFetched(file);
            Path real = file.toRealPath();
            // why: what a hub's link leads to was looked at above
            if (!ModelFile.isHubLink(file) && !folder.toRealPath().equals(real.getParent())) {
                throw refusedFile(name, "is a link to a file outside the model's folder");
            }
            if (real.getFileSystem().supportedFileAttributeViews().contains("unix")
                    && (int) Files.getAttribute(real, "unix:nlink", LinkOption.NOFOLLOW_LINKS) != 1) {
                throw refusedFile(name, "has several names (hard links)");
            }
        } catch (IOException e) {
            throw ModelFault.of("cannot read " + name, e);
        }
    }

    private static RbeesException refusedFile(String name, String reason) {
        return ModelFault.of("the model's file " + name + " " + reason
                + ", which is not allowed because it could be any file of this machine; put a copy there");
    }

    private static long number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw refused("has external data with the place '" + brief(text) + "', which is no number");
        }
        return Long.parseLong(text);
    }

    static RbeesException refused(String reason) {
        return ModelFault.of("the ONNX graph " + reason + "; it is not loaded");
    }

    private static String brief(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7E]", "?");
        return printable.length() <= 60 ? printable : printable.substring(0, 60) + "…";
    }
}
