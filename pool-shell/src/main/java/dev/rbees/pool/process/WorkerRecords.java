package dev.rbees.pool.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;

/** The records of this machine's workers: one JSON file each, beside their logs. */
final class WorkerRecords {

    private static final String SUFFIX = ".json";

    private final Path folder;

    WorkerRecords(Path folder) {
        this.folder = folder;
    }

    /** Every worker that was started and not stopped since, oldest first. */
    List<WorkerRecord> all() {
        List<WorkerRecord> records = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(SUFFIX))
                        .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                        .filter(Ids::isId)
                        .forEach(id -> find(id).ifPresent(records::add));
            } catch (IOException e) {
                throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + folder, e);
            }
        }
        records.sort(Comparator.comparing(WorkerRecord::startedAt).thenComparing(WorkerRecord::workerId));
        return records;
    }

    Optional<WorkerRecord> find(String id) {
        Path file = file(id);
        try {
            return Optional.of(Json.read(Files.readString(file), WorkerRecord.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | RbeesException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, file
                    + " is no record of a worker; delete it, and end the worker's process by hand if it still runs", e);
        }
    }

    void write(WorkerRecord worker) {
        AtomicFile.write(file(worker.workerId()), Json.writePretty(worker) + "\n");
    }

    /** Forgets a worker; its log stays. */
    void remove(String id) {
        try {
            Files.deleteIfExists(file(id));
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot delete " + file(id), e);
        }
    }

    /** Where the worker's output goes. */
    Path log(String id) {
        return folder.resolve(Ids.require("worker", id) + ".log");
    }

    /** Held while a new worker's id, port and threads are chosen, so that two spawns do not choose the same. */
    LockFile lock() {
        return LockFile.acquire(folder.resolve(".lock"), () -> {
        });
    }

    private Path file(String id) {
        return folder.resolve(Ids.require("worker", id) + SUFFIX);
    }
}
