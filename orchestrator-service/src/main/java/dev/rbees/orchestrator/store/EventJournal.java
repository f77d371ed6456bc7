package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.orchestrator.store.TaskStore.LogSummary;

/**
 * Event logs of a database that nobody else uses: events of tasks that have not ended go to a file, one after another, which is the
 * least that can be done for an event; the database gets the whole log of a task when the task ends. A file that has grown long
 * is put away into the database and deleted, as are all files when the journal is opened.
 *
 * <p>
 * An event is with the system when {@link #append} says so, and on the disk at most {@link #SYNC_MILLIS} later.
 */
final class EventJournal implements EventLogs {

    private static final Logger LOG = LoggerFactory.getLogger(EventJournal.class);
    private static final long SYNC_MILLIS = 200;
    private static final long SEGMENT_BYTES = 32L * 1024 * 1024;
    private static final int MAX_WAITING = 65_536;
    private static final int TASKS_AT_ONCE = 256;

    private record Waiting(String task, LoggedEvent event, Runnable written) {}

    private final Path folder;
    private final long segmentBytes;
    private final StoreWriter writer;
    private final StoreReader reader;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<CompletableFuture<Void>> scrubs = new ArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread disk = Thread.ofPlatform().name("journal-sync").unstarted(this::run);
    private final ExecutorService archive = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("journal-archive").factory());
    private JournalSegment segment;
    private long number;
    private long forced;
    private volatile @Nullable RbeesException trouble;

    private EventJournal(Path folder, long segmentBytes, StoreWriter writer, StoreReader reader) throws IOException {
        this.folder = folder;
        this.segmentBytes = segmentBytes;
        this.writer = writer;
        this.reader = reader;
        List<Path> left = segments();
        for (Path old : left) {
            number = Math.max(number, numberOf(old));
            putAway(old);
        }
        this.segment = next();
    }

    /**
     * Puts what a former process has left into the database and begins a new file.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE
     */
    static EventJournal open(Path folder, StoreWriter writer, StoreReader reader) {
        return open(folder, SEGMENT_BYTES, writer, reader);
    }

    /** @param segmentBytes how long a file may grow */
    static EventJournal open(Path folder, long segmentBytes, StoreWriter writer, StoreReader reader) {
        try {
            EventJournal journal = new EventJournal(RbeesHome.directory(folder), segmentBytes, writer, reader);
            journal.disk.start();
            return journal;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "cannot use the folder " + folder + ": is the disk full, or the place not writable?", e);
        }
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("\\d{12}\\.journal")).sorted().toList();
        }
    }

    private static long numberOf(Path segment) {
        return Long.parseLong(segment.getFileName().toString().substring(0, 12));
    }

    private JournalSegment next() throws IOException {
        return JournalSegment.create(folder.resolve(String.format("%012d.journal", ++number)));
    }

    @Override
    public synchronized boolean append(String task, LoggedEvent event, Runnable written) {
        if (waiting.isEmpty()) {
            try {
                segment.write(task, event);
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

    private void troubled(IOException cause) {
        if (trouble == null) {
            LOG.error("events cannot be written; no new tasks until they can: {}", cause.getMessage());
        }
        trouble = StoreWriter.unavailable(cause);
    }

    private void run() {
        try {
            while (!closing.await(SYNC_MILLIS, TimeUnit.MILLISECONDS)) {
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        List<CompletableFuture<Void>> scrubbed = takeScrubs();
        try {
            flush();
            if (size() >= segmentBytes || (size() > 0 && !scrubbed.isEmpty())) {
                rotate();
            }
            scrubbed.forEach(done -> archive.execute(() -> done.complete(null)));
        } catch (IOException e) {
            troubled(e);
            scrubbed.forEach(done -> done.completeExceptionally(e));
        } catch (RuntimeException e) {
            LOG.error("a fault of the journal", e);
        }
    }

    private void flush() throws IOException {
        writeWaiting().forEach(event -> event.written().run());
        force();
    }

    /** Those that could be written by now. */
    private synchronized List<Waiting> writeWaiting() throws IOException {
        List<Waiting> written = new ArrayList<>();
        try {
            while (!waiting.isEmpty()) {
                segment.write(waiting.getFirst().task(), waiting.getFirst().event());
                written.add(waiting.removeFirst());
            }
            trouble = null;
        } catch (IOException e) {
            troubled(e);
        }
        return written;
    }

    /** why: only this thread changes the segment, and it must not hold up those who write to it. */
    private void force() throws IOException {
        long size = size();
        if (size > forced) {
            segment.force();
            forced = size;
        }
    }

    private synchronized long size() {
        return segment.size();
    }

    private void rotate() throws IOException {
        JournalSegment full = segment;
        JournalSegment fresh = next();
        synchronized (this) {
            segment = fresh;
            forced = 0;
        }
        full.force();
        full.close();
        archive.execute(() -> putAway(full.path()));
    }

    /**
     * Writes what belongs to tasks that have not ended into the database, and deletes the file when that is on the disk. A file
     * for which that cannot be done now is left to the next process.
     */
    private void putAway(Path old) {
        try {
            Map<String, List<LoggedEvent>> logs = new LinkedHashMap<>();
            JournalSegment.read(old, (task, event) -> logs.computeIfAbsent(task, _ -> new ArrayList<>()).add(event));
            List<Map.Entry<String, List<LoggedEvent>>> entries = List.copyOf(logs.entrySet());
            for (int from = 0; from < entries.size(); from += TASKS_AT_ONCE) {
                add(entries.subList(from, Math.min(entries.size(), from + TASKS_AT_ONCE)));
            }
            Files.delete(old);
        } catch (IOException | ExecutionException e) {
            LOG.error("{} could not be put away", old.getFileName(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void add(List<Map.Entry<String, List<LoggedEvent>>> logs) throws ExecutionException, InterruptedException {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        writer.writeForSure(new Write(statements -> {
            for (Map.Entry<String, List<LoggedEvent>> log : logs) {
                LogRows.add(statements, log.getKey(), log.getValue());
            }
        }, true, () -> durable.complete(null), null));
        durable.get();
    }

    @Override
    public Work ending(String task, List<LoggedEvent> whole) {
        return LogRows.put(task, whole);
    }

    @Override
    public List<LoggedEvent> read(String task, long after, int limit) {
        return LogRows.read(reader, task, after, limit);
    }

    @Override
    public long last(String task) {
        return LogRows.last(reader, task);
    }

    @Override
    public LogSummary summary(String task) {
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
        closing.countDown();
        archive.shutdownNow();
        try {
            disk.join();
            flush();
            segment.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("the journal was not closed cleanly", e);
        }
    }
}
