package dev.rbees.orchestrator.store;

import java.sql.PreparedStatement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.store.StoreWriter.Write;

/**
 * Shows the others that the leader lives, for as long as it is open: over the connection for writing, so that it beats only while
 * it can write, and notices soon when it cannot any more.
 */
final class LeaderBeat implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderBeat.class);
    private static final long PAUSE_MILLIS = 1_000;

    private final StoreWriter writer;
    private final String url;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("leader-beat").daemon().unstarted(this::run);

    LeaderBeat(StoreWriter writer, String url) {
        this.writer = writer;
        this.url = url;
        thread.start();
    }

    private void run() {
        try {
            while (!closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                beat();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat() {
        try {
            writer.write(new Write(statements -> {
                PreparedStatement upsert = statements.of(PostgresDatabase.BEAT);
                upsert.setString(1, url);
                upsert.executeUpdate();
            }, false, () -> LOG.trace("beat"),
                    failure -> LOG.warn("the others were not told that this orchestrator leads: {}",
                            failure.userMessage())));
        } catch (RbeesException e) {
            LOG.warn("the others cannot be told that this orchestrator leads: {}", e.userMessage());
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
