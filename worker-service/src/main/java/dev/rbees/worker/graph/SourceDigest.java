package dev.rbees.worker.graph;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.rbees.home.Sha256;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.ModelFile;

/**
 * The digest by which a model is known: the SHA-256 of its file; of a folder, or of several parts, the SHA-256 of a list of the
 * files, each with its own digest.
 */
final class SourceDigest {

    private static final int MAX_FILES = 4096;
    private static final int READ_BYTES = 1 << 20;
    /** What else may lie in a folder of a model does not change what it says. */
    private static final List<String> SUFFIXES = List.of(".safetensors", ".json", ".jinja", ".model");

    private final DigestMemory memory;
    private final LoadProgress progress;
    private long total;
    private long done;

    private SourceDigest(DigestMemory memory, LoadProgress progress) {
        this.memory = memory;
        this.progress = progress;
    }

    /** In hex. */
    static String of(Path source, DigestMemory memory, LoadProgress progress) throws IOException {
        return new SourceDigest(memory, progress).digest(source);
    }

    private String digest(Path source) throws IOException {
        List<Path> files = Files.isDirectory(source) ? files(source) : GgufFile.files(source);
        for (Path file : files) {
            total += ModelFile.size(file);
        }
        SortedMap<String, String> digests = new TreeMap<>();
        for (Path file : files) {
            digests.put(file.getFileName().toString(), ofFile(file));
        }
        return Sha256.ofFiles(digests);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> ours = files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> SUFFIXES.stream().anyMatch(file.getFileName().toString()::endsWith))
                    .limit(MAX_FILES + 1L).sorted().toList();
            if (ours.size() > MAX_FILES) {
                throw ModelFault.of("the model's folder has more than " + MAX_FILES + " files");
            }
            return ours;
        }
    }

    private String ofFile(Path file) throws IOException {
        return memory.of(file, () -> read(file));
    }

    private String read(Path file) throws IOException {
        MessageDigest sha256 = Sha256.start();
        try (InputStream in = ModelFile.stream(file, Long.MAX_VALUE)) {
            byte[] buffer = new byte[READ_BYTES];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
                done += n;
                progress.report(Phase.VERIFY, (double) done / Math.max(1, total));
            }
        }
        return Sha256.hex(sha256);
    }
}
