package dev.rbees.orchestrator.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.orchestrator.audit.AuditQueue.Happened;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/**
 * An audit log in files, see {@link AuditChain}. Any thread hands events in; the thread {@code audit} writes whatever has come together
 * in the meantime, and forces it to the disk at once. While the disk is full it tries again, and what finds no room in the
 * {@link AuditQueue} until then is counted in the log itself.
 */
public final class AuditFile implements AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);
    private static final int BATCH = 1_024;
    private static final int LAST_TRIES = 3;
    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    /**
     * How it is written.
     *
     * @param rotateAt bytes of a file after which another is begun
     * @param refusals for how long refusals of one kind are counted before they become a line
     */
    public record Form(long rotateAt, Duration refusals) {
        public static final Form USUAL = new Form(16L << 20, Duration.ofSeconds(10));
    }

    private final InstantSource clock;
    private final AuditKey key;
    private final AuditQueue queue;
    private final AuditChain chain;
    private final AtomicLong written = new AtomicLong();
    private final OwnerThread thread;

    private AuditFile(AuditChain chain, AuditKey key, InstantSource clock, Form form, Liveness liveness) {
        this.clock = clock;
        this.key = key;
        this.queue = new AuditQueue(form.refusals());
        this.chain = chain;
        this.thread = new OwnerThread("audit", liveness, this::run);
    }

    /**
     * Goes on where the last line ends.
     *
     * @param folder of the log; made when it is not there
     * @param keys folder of the key, {@code audit.key}; made when it is not there
     * @param liveness hears when the thread fails
     * @throws RbeesException STORAGE_UNAVAILABLE when the log was changed or cut off, or cannot be read; FORBIDDEN when others may use
     *         the key
     */
    public static AuditFile open(Path folder, Path keys, InstantSource clock, Form form, Liveness liveness) {
        AuditKey key = AuditKey.open(RbeesHome.directory(keys));
        AuditChain chain = AuditChain.open(RbeesHome.directory(folder), key, form.rotateAt());
        AuditFile audit = new AuditFile(chain, key, clock, form, liveness);
        audit.begin();
        audit.thread.start();
        return audit;
    }

    private void begin() {
        if (chain.fresh()) {
            try {
                Path before = chain.left().orElse(null);
                String digest = before == null ? "" : Sha256.of(before);
                String name = before == null ? "" : before.getFileName().toString();
                write(() -> AuditEvent.logBegun(name, digest));
            } catch (IOException e) {
                throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                        "cannot read the audit log of an earlier version; move it away", e);
            }
        }
    }

    @Override
    public void write(Supplier<AuditEvent> event) {
        if (!queue.offer(new Happened(clock.instant(), event.get().hashed(key))) && queue.lostEver() == 1) {
            LOG.error("the audit log cannot keep up; events are lost, see orchd_audit_events_dropped_total");
        }
    }

    @Override
    public Runnable prepare(Supplier<AuditEvent> event) {
        AuditEvent made = event.get().hashed(key);
        return () -> write(() -> made);
    }

    /** Lines that are in the files. */
    public long written() {
        return written.get();
    }

    /** Events that were lost, because too many came or the disk was full for too long. */
    public long dropped() {
        return queue.lostEver();
    }

    private void run() throws IOException, InterruptedException {
        List<Happened> batch = List.of();
        int tries = 0;
        try (chain) {
            while (true) {
                boolean last = thread.closing();
                if (batch.isEmpty()) {
                    batch = queue.take(BATCH, clock.instant(), PATIENCE, last);
                }
                if (batch.isEmpty()) {
                    if (last) {
                        return;
                    }
                } else if (append(batch, tries)) {
                    batch = List.of();
                    tries = 0;
                } else if (++tries >= LAST_TRIES && last) {
                    LOG.error("{} events are not in the audit log, because it could not be written to the end",
                            batch.size());
                    return;
                } else {
                    boolean _ = thread.closesWithin(RETRY_PAUSE);
                }
            }
        }
    }

    private boolean append(List<Happened> batch, int tries) {
        try {
            chain.append(batch);
            written.addAndGet(batch.size());
            return true;
        } catch (IOException e) {
            if (tries == 0) {
                LOG.error("the audit log cannot be written, and waits: is the disk full? {}", e.getMessage());
            }
            return false;
        }
    }

    /** The last line says that it was closed; a log that ends otherwise belongs to an orchestrator that was killed. */
    @Override
    public void close() {
        write(AuditEvent::stopped);
        thread.close();
    }
}
