package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.TaskStore.LogSummary;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/**
 * Event logs of a database that nobody else uses: events of tasks that have not ended go to a file, one after another, which is the
 * least that can be done for an event; the database gets the whole log of a task when the task ends. A file that has grown long
 * is folded into the database and deleted, as are all files that a former process has left.
 *
 * <p>
 * An event is with the system when {@link #append} says so, and on the disk at most {@link #SYNC} later.
 */
final class EventJournal implements EventLogs {

    private static final Logger LOG = LoggerFactory.getLogger(EventJournal.class);
    private static final Duration SYNC = Duration.ofMillis(200);
    private static final long SEGMENT_BYTES = 32L * 1024 * 1024;
    private static final int MAX_WAITING = 65_536;

    private record Waiting(String task, LoggedEvent event, Runnable written) {}

    private final JournalFolder folder;
    private final long segmentBytes;
    private final StoreReader reader;
    private final JournalFolding folding;
    private final OwnerThread disk;
    @GuardedBy("this")
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    @GuardedBy("this")
    private final List<CompletableFuture<Void>> scrubs = new ArrayList<>();
    /** Changed by {@code journal-sync} alone. */
    @GuardedBy("this")
    private JournalSegment segment;
    /** How much of the file is on the disk; known to {@code journal-sync} alone. */
    private long forced;
    private volatile @Nullable RbeesException trouble;

    private EventJournal(JournalFolder folder, long segmentBytes, StoreWriter writer, StoreReader reader, Liveness liveness)
            throws IOException {
        this.folder = folder;
        this.segmentBytes = segmentBytes;
        this.reader = reader;
        this.folding = new JournalFolding(folder.segments(), writer, liveness);
        this.segment = folder.next();
        this.disk = OwnerThread.beating("journal-sync", liveness, SYNC, this::tick);
    }

    /**
     * Begins a new file, and to put what a former process has left into the database, which goes on in the background:
     * {@link #awaitFolded}.
     *
     * @param liveness hears when a thread of the journal fails
     * @throws RbeesException STORAGE_UNAVAILABLE when the folder cannot be used, FORBIDDEN when others may use it too
     */
    static EventJournal open(Path folder, StoreWriter writer, StoreReader reader, Liveness liveness) {
        return open(folder, SEGMENT_BYTES, writer, reader, liveness);
    }

    /** @param segmentBytes how long a file may grow */
    static EventJournal open(Path folder, long segmentBytes, StoreWriter writer, StoreReader reader, Liveness liveness) {
        try {
            EventJournal journal = new EventJournal(new JournalFolder(folder), segmentBytes, writer, reader, liveness);
            journal.disk.start();
            journal.folding.start();
            return journal;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "cannot use the folder " + folder + ": is the disk full, or the place not writable?", e);
        }
    }

    @Override
    public boolean append(String task, LoggedEvent event, Runnable written) {
        byte[] record = JournalSegment.record(task, event);
        synchronized (this) {
            if (waiting.isEmpty()) {
                try {
                    segment.write(record);
                    return true;
                } catch (IOException e) {
                    troubled(e);
                }
            }
            if (waiting.size() >= MAX_WAITING) {
                throw StoreWriter.unavailable(null);
            }
            waiting.add(new Waiting(task, event, written));
            return false;
        }
    }

    private void troubled(IOException cause) {
        if (trouble == null) {
            LOG.error("events cannot be written; no new tasks until they can: {}", cause.getMessage());
        }
        trouble = StoreWriter.unavailable(cause);
    }

    private void tick() {
        List<CompletableFuture<Void>> scrubbed = takeScrubs();
        try {
            flush();
            if (size() >= segmentBytes || (size() > 0 && !scrubbed.isEmpty())) {
                rotate();
            }
            trouble = null;
            scrubbed.forEach(folding::whenFolded);
        } catch (IOException e) {
            troubled(e);
            scrubbed.forEach(done -> done.completeExceptionally(e));
        }
    }

    /** why: callbacks run without the lock. */
    private void flush() throws IOException {
        List<Waiting> written = new ArrayList<>();
        IOException failure = writeWaiting(written);
        written.forEach(event -> event.written().run());
        force();
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized @Nullable IOException writeWaiting(List<Waiting> written) {
        try {
            while (!waiting.isEmpty()) {
                Waiting next = waiting.getFirst();
                segment.write(JournalSegment.record(next.task(), next.event()));
                written.add(waiting.removeFirst());
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /** why: without the lock; only this thread changes the segment, and it must not hold up those who write to it. */
    private void force() throws IOException {
        long size = size();
        if (size > forced) {
            current().force();
            forced = size;
        }
    }

    private synchronized long size() {
        return segment.size();
    }

    private synchronized JournalSegment current() {
        return segment;
    }

    private void rotate() throws IOException {
        JournalSegment full = current();
        JournalSegment fresh = folder.next();
        synchronized (this) {
            segment = fresh;
        }
        forced = 0;
        // why: whatever becomes of the file here, the next one must not be folded before it
        folding.add(full.path());
        try {
            full.force();
        } finally {
            full.close();
        }
    }

    /** Waits until the database has what a former process has left; may take long, and as long as the storage is in trouble. */
    @Override
    public void awaitFolded() {
        folding.awaitFolded();
    }

    @Override
    public Work ending(String task, List<LoggedEvent> whole) {
        return LogRows.put(task, whole);
    }

    /** Waits, for a task that has not ended, until the files of a former process are in the database. */
    @Override
    public List<LoggedEvent> read(String task, long after, int limit) {
        awaitFolded(task);
        return LogRows.read(reader, task, after, limit);
    }

    private void awaitFolded(String task) {
        if (!folding.isFolded() && goesOn(task)) {
            folding.awaitFolded();
        }
    }

    private boolean goesOn(String task) {
        return !reader.query("SELECT id FROM tasks WHERE id = ? AND ended_at IS NULL", row -> row.getString(1), task)
                .isEmpty();
    }

    @Override
    public long last(String task) {
        return LogRows.last(reader, task);
    }

    @Override
    public LogSummary summary(String task) {
        awaitFolded(task);
        return LogRows.summary(reader, task);
    }

    @Override
    public void forget(Statements statements, List<EndedTask> tasks) throws SQLException {
        LogRows.forget(statements, tasks);
    }

    /** Puts the file away that is written to, as if it had grown long. */
    @Override
    public CompletableFuture<Void> scrub() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            scrubs.add(done);
        }
        return done;
    }

    private synchronized List<CompletableFuture<Void>> takeScrubs() {
        List<CompletableFuture<Void>> taken = List.copyOf(scrubs);
        scrubs.clear();
        return taken;
    }

    @Override
    public @Nullable RbeesException trouble() {
        return trouble;
    }

    @Override
    public void close() {
        disk.close();
        takeScrubs().forEach(folding::whenFolded);
        folding.close();
        try {
            flush();
            current().close();
        } catch (IOException e) {
            LOG.error("the journal was not closed cleanly", e);
        }
    }
}
