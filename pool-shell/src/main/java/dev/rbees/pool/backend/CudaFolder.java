package dev.rbees.pool.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.model.Folders;

/**
 * Where the libraries of CUDA lie: {@code RBEES_HOME/backends/cuda-<version of ONNX Runtime>}, with a record of them. Its name
 * is what a worker looks for.
 */
public final class CudaFolder {

    /** Of the record. */
    static final String RECORD = "backend.json";
    static final String PREFIX = "cuda-";

    private final RbeesHome home;

    /**
     * What is recorded of it.
     *
     * @param version of ONNX Runtime
     * @param cuda release of CUDA
     * @param files every library
     */
    record Installed(String version, int cuda, List<LibraryFile> files) {

        long bytes() {
            return files.stream().mapToLong(LibraryFile::sizeBytes).sum();
        }
    }

    public CudaFolder(RbeesHome home) {
        this.home = home;
    }

    /** Whether there is one for this version; it may be damaged. */
    public boolean exists() {
        return Files.isDirectory(path());
    }

    /** Why the libraries that are there cannot be used; empty when they can, or when there are none. */
    public Optional<String> damage() {
        if (!exists()) {
            return Optional.empty();
        }
        Optional<Installed> record = read();
        if (record.isEmpty()) {
            return Optional.of("its record " + RECORD + " cannot be read");
        }
        return record.get().files().stream()
                .filter(file -> size(file.name()) != file.sizeBytes())
                .map(file -> file.name() + (size(file.name()) < 0 ? " is missing" : " has another size")).findFirst();
    }

    Path path() {
        return home.backends().resolve(PREFIX + CudaPackage.RUNTIME);
    }

    Optional<Installed> read() {
        try {
            return Optional.of(Json.read(Files.readString(path().resolve(RECORD)), Installed.class));
        } catch (IOException | RbeesException _) {
            return Optional.empty();
        }
    }

    /** Gives a folder that is complete its final name. */
    void take(Path complete, Installed record) {
        AtomicFile.write(complete.resolve(RECORD), Json.writePretty(record) + "\n");
        RbeesHome.directory(home.backends());
        try {
            AtomicFile.move(complete, path());
        } catch (IOException e) {
            throw AtomicFile.unwritable(path(), e);
        }
    }

    /** Deletes libraries of this and of earlier versions. */
    void delete() {
        all().forEach(Folders::delete);
    }

    /** Deletes libraries of earlier versions, which no worker of this one uses. */
    void deleteOthers() {
        all().stream().filter(folder -> !folder.equals(path())).forEach(Folders::delete);
    }

    /** Whether there are libraries of any version. */
    boolean any() {
        return !all().isEmpty();
    }

    private List<Path> all() {
        return Folders.children(home.backends()).stream()
                .filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
                .toList();
    }

    private long size(String name) {
        try {
            return Files.size(path().resolve(name));
        } catch (IOException _) {
            return -1;
        }
    }
}
