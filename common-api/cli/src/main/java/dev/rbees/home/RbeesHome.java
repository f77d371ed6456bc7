package dev.rbees.home;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * The folder that holds all state of rbees on a machine, and where what lies in it.
 *
 * @param root absolute path
 */
public record RbeesHome(Path root) {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    /** {@code RBEES_HOME}, or {@code ~/.rbees}. */
    public static RbeesHome of(Map<String, String> environment) {
        String configured = environment.getOrDefault("RBEES_HOME", "");
        Path root = configured.isBlank() ? Path.of(System.getProperty("user.home"), ".rbees") : Path.of(configured);
        return new RbeesHome(root.toAbsolutePath().normalize());
    }

    /**
     * Makes the folder, readable by its owner alone, when it is not there.
     *
     * @throws RbeesException FORBIDDEN when others may write into it, STORAGE_UNAVAILABLE when it cannot be made
     */
    public RbeesHome open() {
        directory(root);
        return check();
    }

    /**
     * Looks at the folder's mode; one that is not there yet is fine.
     *
     * @throws RbeesException FORBIDDEN when others may write into it
     */
    public RbeesHome check() {
        try {
            if (POSIX && Files.exists(root)) {
                Set<PosixFilePermission> mode = Files.getPosixFilePermissions(root);
                if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                    throw new RbeesException(ErrorCode.FORBIDDEN, root + " can be written by other users ("
                            + PosixFilePermissions.toString(mode) + "); run: chmod 0700 '" + root + "'");
                }
            }
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read the mode of " + root, e);
        }
        return this;
    }

    /** Makes a folder below the root, readable by its owner alone, when it is not there. */
    public static Path directory(Path path) {
        try {
            if (!Files.isDirectory(path)) {
                if (POSIX) {
                    Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
                } else {
                    Files.createDirectories(path);
                }
            }
            return path;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "cannot create the folder " + path + ": is the disk full, or the place not writable?", e);
        }
    }

    /** The folder that a file is in. */
    public static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
    }

    /** The folder of a model's files. */
    public Path model(String id) {
        return models().resolve(Ids.require("model", id));
    }

    public Path models() {
        return root.resolve("models");
    }

    /** Digests of the models' files. */
    public Path modelsLock() {
        return root.resolve("models.lock");
    }

    /** The models that this machine knows besides those of the version. */
    public Path catalog() {
        return root.resolve("catalog.json");
    }

    /** Unfinished downloads. */
    public Path staging() {
        return root.resolve("staging");
    }

    /** What workers made of models' files. */
    public Path cacheRoot() {
        return root.resolve("cache");
    }

    /** What a worker made of a model's file, by the file's digest. */
    public Path cache(String digest) {
        return cacheRoot().resolve(digest);
    }

    /** Notes on the digests of models' files, by which a worker need not read them again. */
    public Path digestNotes() {
        return cacheRoot().resolve("digests");
    }

    /** Libraries of graphics cards, one folder for each backend and version. */
    public Path backends() {
        return root.resolve("backends");
    }

    /** Records and logs of worker processes. */
    public Path workers() {
        return root.resolve("workers");
    }

    /** The orchestrator's record. */
    public Path database() {
        return root.resolve("orchestrator.db");
    }

    /** Folder of the events of tasks that have not ended, which belongs to the orchestrator's record. */
    public Path journal() {
        return root.resolve("journal");
    }

    /** Folder of the files in which the orchestrator takes down what its tenants do. */
    public Path audit() {
        return root.resolve("audit");
    }

    /** Held by the orchestrator that runs. */
    public Path orchestratorLock() {
        return root.resolve("orchestrator.lock");
    }

    /** Secrets of this installation. */
    public Path keys() {
        return root.resolve("keys");
    }
}
