package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.JournalReader.Entry;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/**
 * Folds full files of the journal into the database, the oldest first: what belongs to tasks that have not ended. A file is deleted when
 * all of it, and of those before it, is on the disk; one that cannot be folded is tried again until it can, and those after it wait, for
 * the database takes an event only after the one before it. Never more than {@link #BATCH_BYTES} are in memory.
 */
final class JournalFolding implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JournalFolding.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** why: the database does one thing at a time, and is not to be held for long. */
    private static final int TASKS_AT_ONCE = 256;
    /**
     * Text of the events that are sorted by task at once; a single longer event goes alone.
     *
     * <p>
     * why: events of thousands of tasks lie in turn, and a page for each event is not to become of them.
     */
    static final int BATCH_BYTES = 8 * 1024 * 1024;

    private sealed interface Step {
        record Fold(Path segment) implements Step {}

        record Tell(CompletableFuture<Void> done) implements Step {}
    }

    private final StoreWriter writer;
    /** Files of a former process. */
    private final List<Path> left;
    // why: no bound but the disk's; a file holds megabytes of events
    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();

    private final CompletableFuture<Void> folded = new CompletableFuture<>();
    private final OwnerThread archive;

    /**
     * @param left files that a former process has left, the oldest first
     * @param liveness hears when the thread fails
     */
    JournalFolding(List<Path> left, StoreWriter writer, Liveness liveness) {
        this.left = List.copyOf(left);
        this.writer = writer;
        this.archive = new OwnerThread("journal-archive", liveness, this::run);
        if (left.isEmpty()) {
            folded.complete(null);
        }
    }

    void start() {
        archive.start();
    }

    /** Hands over the next file, which nobody writes to any more. Does not wait. */
    void add(Path segment) {
        steps.add(new Step.Fold(segment));
    }

    /** Completes a future when all files that were handed over so far are folded. Does not wait. */
    void whenFolded(CompletableFuture<Void> done) {
        steps.add(new Step.Tell(done));
    }

    /** Whether the database has what a former process has left. */
    boolean isFolded() {
        return folded.isDone() && !folded.isCompletedExceptionally();
    }

    /**
     * Waits until the database has what a former process has left.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when it will not come to that any more, or the caller was interrupted
     */
    void awaitFolded() {
        try {
            folded.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StoreWriter.unavailable(e);
        } catch (ExecutionException e) {
            throw StoreWriter.unavailable(e);
        }
    }

    private void run() throws InterruptedException {
        try {
            for (Path segment : left) {
                // why: what was written last may not have reached the disk when the power went
                fold(segment, segment.equals(left.getLast()));
            }
            folded.complete(null);
            while (!archive.closing()) {
                switch (steps.take()) {
                    case Step.Fold(Path segment) -> fold(segment, false);
                    case Step.Tell(CompletableFuture<Void> done) -> done.complete(null);
                }
            }
        } finally {
            folded.completeExceptionally(StoreWriter.unavailable(null));
        }
    }

    private void fold(Path segment, boolean mayBeTorn) throws InterruptedException {
        String said = "";
        while (true) {
            try {
                foldOnce(segment, mayBeTorn);
                return;
            } catch (IOException | ExecutionException | RbeesException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(said)) {
                    LOG.error("{} cannot be put into the database and is tried again; those after it wait",
                            segment.getFileName(), e);
                }
                said = why;
            }
            if (archive.closesWithin(PAUSE)) {
                throw new InterruptedException("closed");
            }
        }
    }

    private void foldOnce(Path segment, boolean mayBeTorn) throws IOException, ExecutionException, InterruptedException {
        try (JournalReader reader = new JournalReader(segment)) {
            putAll(reader);
            if (reader.damagedInside() || (reader.damaged() > 0 && !mayBeTorn)) {
                Path kept = JournalFolder.quarantine(segment);
                LOG.error("{} bytes of a file of the journal are damaged; events of tasks that had not ended may be missing."
                        + " What could be read is in the database; the file is kept as {}", reader.damaged(),
                        kept.getFileName());
                return;
            }
            if (reader.damaged() > 0) {
                LOG.warn("{} ends with {} bytes that are no whole event, as after a power cut; they are passed over",
                        segment.getFileName(), reader.damaged());
            }
        }
        Files.deleteIfExists(segment);
    }

    private void putAll(JournalReader reader) throws IOException, ExecutionException, InterruptedException {
        Map<String, List<LoggedEvent>> logs = new LinkedHashMap<>();
        long bytes = 0;
        for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
            if (bytes + entry.bytes() > BATCH_BYTES) {
                putAll(logs);
                logs = new LinkedHashMap<>();
                bytes = 0;
            }
            logs.computeIfAbsent(entry.task(), _ -> new ArrayList<>()).add(entry.event());
            bytes += entry.bytes();
        }
        putAll(logs);
    }

    private void putAll(Map<String, List<LoggedEvent>> logs) throws ExecutionException, InterruptedException {
        List<Map.Entry<String, List<LoggedEvent>>> all = List.copyOf(logs.entrySet());
        for (int from = 0; from < all.size(); from += TASKS_AT_ONCE) {
            put(all.subList(from, Math.min(all.size(), from + TASKS_AT_ONCE)));
        }
    }

    private void put(List<Map.Entry<String, List<LoggedEvent>>> logs) throws ExecutionException, InterruptedException {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        writer.writeForSure(new Write(statements -> {
            for (Map.Entry<String, List<LoggedEvent>> log : logs) {
                LogRows.add(statements, log.getKey(), log.getValue());
            }
        }, true, () -> durable.complete(null), durable::completeExceptionally));
        durable.get();
    }

    /** What is not folded by now is left to the next process. */
    @Override
    public void close() {
        archive.interrupt();
        archive.close();
        folded.completeExceptionally(StoreWriter.unavailable(null));
        steps.forEach(step -> {
            if (step instanceof Step.Tell(CompletableFuture<Void> done)) {
                done.completeExceptionally(StoreWriter.unavailable(null));
            }
        });
    }
}
