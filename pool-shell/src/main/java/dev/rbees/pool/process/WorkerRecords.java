package dev.rbees.pool.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.json.Json;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UniquePrefix;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;
import dev.rbees.shell.process.ProcessLog;
import dev.rbees.shell.process.ProcessMark;

/** The records of this machine's workers: one JSON file each, beside their logs. */
final class WorkerRecords {

    private static final String SUFFIX = ".json";
    private static final String LOG = ".log";
    private static final int ENDED_KEPT = 20;

    private final Path folder;

    WorkerRecords(Path folder) {
        this.folder = folder;
    }

    /** Every worker that was started and not stopped since, oldest first. */
    List<WorkerRecord> all() {
        List<WorkerRecord> written = ids().stream().flatMap(id -> read(id).stream()).toList();
        // why: one look at all processes is enough for all workers, and none is needed while all run where they began
        boolean settled = written.stream().allMatch(worker -> worker.mark().alive());
        Map<String, ProcessMark> processes = settled ? Map.of() : WorkerProgram.processes();
        return written.stream().map(worker -> now(worker, processes))
                .sorted(Comparator.comparing(WorkerRecord::startedAt).thenComparing(WorkerRecord::workerId)).toList();
    }

    private List<String> ids() {
        return names(SUFFIX);
    }

    /** What files of this kind are called, without the end. */
    private List<String> names(String suffix) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(suffix))
                    .map(name -> name.substring(0, name.length() - suffix.length())).filter(Ids::isId).toList();
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + folder, e);
        }
    }

    /**
     * The worker of this id as it is now: in the process that was written down, or in another one that runs it, because a service
     * manager started it again, or the program that started it was ended before it could write the process down.
     */
    Optional<WorkerRecord> find(String id) {
        return read(id).map(worker -> worker.mark().alive() ? worker : now(worker, WorkerProgram.processes()));
    }

    private static WorkerRecord now(WorkerRecord worker, Map<String, ProcessMark> processes) {
        return worker.mark().alive() || !processes.containsKey(worker.workerId())
                ? worker
                : worker.in(processes.get(worker.workerId()));
    }

    /**
     * The worker that a word means: its id, or the beginning of it.
     *
     * @throws RbeesException WORKER_NOT_FOUND when none was started here
     * @throws dev.rbees.cli.UsageException when several begin like this
     */
    WorkerRecord require(String word) {
        List<String> ids = ids();
        return UniquePrefix.resolve(word, ids).flatMap(this::find)
                .orElseThrow(() -> new RbeesException(ErrorCode.WORKER_NOT_FOUND, "no worker '" + Printable.text(word)
                        + "' on this machine" + Suggestion.sentence(word, ids) + "; 'rbees-pool worker list' shows them"));
    }

    private Optional<WorkerRecord> read(String id) {
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
        delete(file(id));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot delete " + file, e);
        }
    }

    /** Where the worker's output goes. */
    Path log(String id) {
        return folder.resolve(Ids.require("worker", id) + LOG);
    }

    /**
     * The log of the worker that a word means, also of one that was stopped.
     *
     * @throws RbeesException WORKER_NOT_FOUND when there is none
     * @throws dev.rbees.cli.UsageException when several begin like this
     */
    ProcessLog requireLog(String word) {
        List<String> known = ids();
        // why: of those that were stopped only when none that is known begins like this
        List<String> ids = known.stream().anyMatch(id -> id.startsWith(word)) ? known : names(LOG);
        return UniquePrefix.resolve(word, ids).map(id -> new ProcessLog(log(id), () -> find(id).map(WorkerRecord::mark)
                .filter(ProcessMark::alive).isPresent()))
                .orElseThrow(() -> new RbeesException(ErrorCode.WORKER_NOT_FOUND, "there is no log of a worker '"
                        + Printable.text(word) + "'" + Suggestion.sentence(word, ids)
                        + "; 'rbees-pool worker list' shows the workers"));
    }

    /** Keeps what is left of the workers that ended last, and forgets those before them. */
    void forgetOld() {
        Set<String> alive = all().stream().filter(worker -> worker.mark().alive()).map(WorkerRecord::workerId)
                .collect(Collectors.toSet());
        names(LOG).stream().filter(id -> !alive.contains(id))
                .sorted(Comparator.comparing(this::lastWritten).reversed()).skip(ENDED_KEPT).forEach(id -> {
                    remove(id);
                    delete(ProcessLog.before(log(id)));
                    delete(log(id));
                });
    }

    private FileTime lastWritten(String id) {
        try {
            return Files.getLastModifiedTime(log(id));
        } catch (IOException _) {
            return FileTime.fromMillis(0);
        }
    }

    /** Held from the search for a worker of a model to the start of one. */
    LockFile lockRuns(String model, Runnable onWait) {
        return LockFile.acquire(folder.resolve("." + Ids.require("model", model) + ".run"), onWait);
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
