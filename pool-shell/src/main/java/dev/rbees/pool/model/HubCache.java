package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cache of the hub's own tools: {@code models--org--repo/blobs/<digest>}, and {@code snapshots/<commit>/<path>} with links
 * to those.
 *
 * @param root the folder of all repositories
 */
record HubCache(Path root) {

    /** A file of this path and size, whose bytes nobody has checked. */
    Optional<Path> find(String repository, String revision, String path, long size, String sha256) {
        Path folder = root.resolve("models--" + repository.replace("/", "--"));
        return Stream.of(folder.resolve("blobs").resolve(sha256), folder.resolve("snapshots").resolve(revision).resolve(path))
                .filter(file -> has(file, size)).findFirst();
    }

    private static boolean has(Path file, long size) {
        return Files.isRegularFile(file) && file.toFile().length() == size;
    }
}
