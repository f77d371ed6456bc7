package dev.rbees.orchestrator.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;

/**
 * An audit log in files, one for each day (UTC), a line of JSON for each event. Each line carries the hash of the one before, over
 * the days too, so that nobody can change or leave out one unseen; see {@link Entry}.
 */
public final class AuditFile implements AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);
    private static final int CAPACITY = 1_000;
    private static final String SUFFIX = ".audit";

    /** What the first line ever follows. */
    static final String GENESIS = "0".repeat(64);

    /**
     * A line.
     *
     * @param auditId unique
     * @param timestamp when it happened
     * @param event what happened
     * @param prevHash hash of the line before
     * @param hash hex SHA-256 of all that, as {@link #hash} says
     */
    record Entry(String auditId, Instant timestamp, AuditEvent event, String prevHash, String hash) {

        static Entry of(String auditId, Instant timestamp, AuditEvent event, String prevHash) {
            return new Entry(auditId, timestamp, event, prevHash, hash(auditId, timestamp, event, prevHash));
        }

        static String hash(String auditId, Instant timestamp, AuditEvent event, String prevHash) {
            return Sha256.of((auditId + '|' + Json.format(timestamp) + '|' + Json.write(event) + '|' + prevHash)
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    private record Happened(Instant when, AuditEvent event) {}

    private final Path folder;
    private final InstantSource clock;
    private final BlockingQueue<Happened> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread = Thread.ofPlatform().name("audit").unstarted(this::run);
    private volatile boolean closing;
    private String lastHash;
    private long number;

    private AuditFile(Path folder, InstantSource clock, List<Entry> last) {
        this.folder = folder;
        this.clock = clock;
        this.lastHash = last.isEmpty() ? GENESIS : last.getLast().hash();
        this.number = last.isEmpty() ? 0 : Long.parseLong(last.getLast().auditId().substring("audit-".length()), 16);
    }

    /**
     * Goes on where the last line ends.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when the last file cannot be read or is damaged
     */
    public static AuditFile open(Path folder, InstantSource clock) {
        try (Stream<Path> files = Files.list(RbeesHome.directory(folder))) {
            List<Path> days = files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
            AuditFile audit = new AuditFile(folder, clock, days.isEmpty() ? List.of() : read(days.getLast()));
            audit.thread.start();
            return audit;
        } catch (IOException | RbeesException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot go on with the audit log in " + folder
                    + ": is its last file damaged? Move it away to begin a new chain", e);
        }
    }

    /**
     * The lines of one day.
     *
     * @throws RbeesException INVALID_REQUEST when one was changed, or is missing between others
     */
    static List<Entry> read(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            List<Entry> entries = lines.map(line -> Json.read(line, Entry.class)).toList();
            String before = entries.isEmpty() ? GENESIS : entries.getFirst().prevHash();
            for (Entry entry : entries) {
                if (!entry.equals(Entry.of(entry.auditId(), entry.timestamp(), entry.event(), before))) {
                    throw new RbeesException(ErrorCode.INVALID_REQUEST, "the audit log was changed at " + entry.auditId());
                }
                before = entry.hash();
            }
            return entries;
        }
    }

    @Override
    public void write(Supplier<AuditEvent> event) {
        if (!queue.offer(new Happened(clock.instant(), event.get())) && dropped.incrementAndGet() == 1) {
            LOG.error("the audit log cannot keep up; events are lost, see orchd_audit_events_dropped_total");
        }
    }

    /** Events that are in the files. */
    public long written() {
        return written.get();
    }

    /** Events that were lost, because too many came or the disk was full. */
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                Happened next = queue.poll(100, TimeUnit.MILLISECONDS);
                if (next != null) {
                    append(next);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void append(Happened happened) {
        Entry entry = Entry.of("audit-%016x".formatted(number + 1), happened.when(), happened.event(), lastHash);
        Path file = folder.resolve(LocalDate.ofInstant(happened.when(), ZoneOffset.UTC) + SUFFIX);
        try (FileChannel channel = FileChannel.open(file,
                EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            append(channel, Json.write(entry) + "\n");
            number++;
            lastHash = entry.hash();
            written.incrementAndGet();
        } catch (IOException e) {
            dropped.incrementAndGet();
            LOG.error("an event could not be written to the audit log: {}", e.getMessage());
        }
    }

    /** why: half a line would break the chain. */
    private static void append(FileChannel channel, String line) throws IOException {
        long before = channel.size();
        try {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        } catch (IOException e) {
            channel.truncate(before);
            throw e;
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
