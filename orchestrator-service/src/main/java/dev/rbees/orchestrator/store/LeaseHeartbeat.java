package dev.rbees.orchestrator.store;

import java.sql.PreparedStatement;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/**
 * Shows the others that the leader lives, for as long as it is open: over the connection for writing, so that it beats only while
 * it can write, and notices soon when it cannot any more.
 */
final class LeaseHeartbeat implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseHeartbeat.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final StoreWriter writer;
    private final String url;
    private final OwnerThread thread;
    /** Whether the last beat came through; said when that changes. */
    private volatile boolean heard = true;

    /** @param liveness hears when the thread fails */
    LeaseHeartbeat(StoreWriter writer, String url, Liveness liveness) {
        this.writer = writer;
        this.url = url;
        this.thread = OwnerThread.beating("leader-beat", liveness, PAUSE, this::beat).start();
    }

    private void beat() {
        try {
            writer.write(new Write(statements -> {
                PreparedStatement upsert = statements.of(PostgresDatabase.BEAT);
                upsert.setString(1, url);
                upsert.executeUpdate();
            }, false, () -> heard = true, this::unheard));
        } catch (RbeesException e) {
            unheard(e);
        }
    }

    private void unheard(RbeesException why) {
        if (heard) {
            LOG.warn("the others cannot be told that this orchestrator leads: {}", why.userMessage());
        }
        heard = false;
    }

    @Override
    public void close() {
        thread.close();
    }
}
