package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.rbees.api.model.ModelFile;
import dev.rbees.pool.model.HubListing.HubFile;

/**
 * The cache of the hub's own tools: {@code models--org--repo/blobs/<digest>}, and {@code snapshots/<commit>/<path>} with links
 * to those.
 *
 * @param root the folder of all repositories
 */
record HubCache(Path root) {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_FILES = 1_000;
    private static final int DEEPEST = 4;

    private Path folder(String repository) {
        return root.resolve("models--" + repository.replace("/", "--"));
    }

    /** A file that may be the one of this path, whose bytes nobody has checked. */
    Optional<Path> find(String repository, String revision, String path, ModelFile file) {
        Path blobs = folder(repository).resolve("blobs");
        return Stream.of(blobs.resolve(String.valueOf(file.sha256())), blobs.resolve(String.valueOf(file.gitBlob())),
                folder(repository).resolve("snapshots").resolve(revision).resolve(path))
                .filter(found -> Files.isRegularFile(found)
                        && Long.valueOf(found.toFile().length()).equals(file.sizeBytes()))
                .findFirst();
    }

    /**
     * What is there of a repository, for when the hub cannot be asked.
     *
     * @param revision branch, tag or commit
     */
    Optional<HubListing> list(String repository, String revision) {
        try {
            Path ref = folder(repository).resolve("refs").resolve(revision);
            String commit = COMMIT.matcher(revision).matches() ? revision
                    : Files.isRegularFile(ref) && Files.size(ref) <= 100 ? Files.readString(ref).strip() : "";
            Path snapshot = folder(repository).resolve("snapshots").resolve(commit);
            if (!COMMIT.matcher(commit).matches() || !Files.isDirectory(snapshot)) {
                return Optional.empty();
            }
            List<HubFile> files = new ArrayList<>();
            try (Stream<Path> all = Files.walk(snapshot, DEEPEST)) {
                for (Path file : all.filter(Files::isRegularFile).limit(MOST_FILES).toList()) {
                    files.add(entry(snapshot, file));
                }
            }
            return Optional.of(new HubListing(repository, commit, files, null, null, null, false));
        } catch (IOException _) {
            return Optional.empty(); // a cache that cannot be read is none
        }
    }

    /** why: the tools name a blob by the digest that the hub tells of it. */
    private static HubFile entry(Path snapshot, Path file) throws IOException {
        String path = snapshot.relativize(file).toString().replace('\\', '/');
        String blob = Files.isSymbolicLink(file) ? String.valueOf(Files.readSymbolicLink(file).getFileName()) : "";
        return new HubFile(path, Files.size(file), SHA256.matcher(blob).matches() ? blob : null,
                COMMIT.matcher(blob).matches() ? blob : null);
    }
}
