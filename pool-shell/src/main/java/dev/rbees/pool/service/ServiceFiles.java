package dev.rbees.pool.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.AtomicFile;

/**
 * The files of a service manager for workers.
 *
 * @param manager whose they are
 * @param folder where they are
 * @param root whether they are the machine's, not a user's
 */
public record ServiceFiles(ServiceManager manager, Path folder, boolean root) {

    /** Those of the user that runs this program. */
    public static ServiceFiles ofUser(Optional<Path> folder) {
        ServiceManager manager = ServiceManager.ofMachine();
        boolean root = "root".equals(System.getProperty("user.name"));
        Path home = Path.of(System.getProperty("user.home"));
        return new ServiceFiles(manager, folder.orElseGet(() -> manager.folder(home, root)).toAbsolutePath(), root);
    }

    /**
     * Writes the file of a worker, over one that is there.
     *
     * @return its path
     */
    public Path write(Service service) {
        Path file = file(service.workerId());
        AtomicFile.write(file, manager.file(service, root));
        return file;
    }

    /**
     * Removes the file of a worker.
     *
     * @return its path, empty when there was none
     */
    public Optional<Path> remove(String workerId) {
        Path file = file(workerId);
        try {
            return Files.deleteIfExists(file) ? Optional.of(file) : Optional.empty();
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot delete " + file, e);
        }
    }

    /** Where the file of a worker is, or would be. */
    public Path file(String workerId) {
        return folder.resolve(manager.fileName(workerId));
    }
}
