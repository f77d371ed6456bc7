package dev.rbees.orchestrator.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.store.StoreWriter.Landed;
import dev.rbees.orchestrator.store.StoreWriter.Write;

/**
 * Writes whose commit failed, so that nobody knows whether they are in the database. Each is looked up as soon as the database
 * answers; one that cannot be within {@link #LIMIT} is answered with {@link CommitUnknown}. For the writer's thread alone.
 */
final class DoubtfulWrites {

    private static final Logger LOG = LoggerFactory.getLogger(DoubtfulWrites.class);

    /** How long somebody may wait for the truth. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private record Doubt(Write write, SQLException cause, long since) {}

    private final WritingConnection connection;
    private final Duration limit;
    private final Deque<Doubt> doubts = new ArrayDeque<>();

    DoubtfulWrites(WritingConnection connection, Duration limit) {
        this.connection = connection;
        this.limit = limit;
    }

    boolean isEmpty() {
        return doubts.isEmpty();
    }

    /** @param write one that can fail */
    void add(Write write, SQLException cause) {
        Doubt doubt = new Doubt(write, cause, System.nanoTime());
        if (write.landed() == null) {
            unknown(doubt);
        } else {
            doubts.add(doubt);
        }
    }

    /** Answers what can be answered by now. */
    void settle() {
        while (!doubts.isEmpty()) {
            Doubt oldest = doubts.getFirst();
            Landed lookup = oldest.write().landed();
            try {
                boolean landed = lookup != null && connection.landed(lookup);
                doubts.removeFirst();
                answer(oldest, landed);
            } catch (SQLException e) {
                LOG.debug("the database does not answer yet: {}", e.getMessage());
                giveUpLate();
                return;
            }
        }
    }

    private static void answer(Doubt doubt, boolean landed) {
        if (landed) {
            doubt.write().done().run();
        } else if (doubt.write().failed() != null) {
            doubt.write().failed().accept(StoreWriter.unavailable(doubt.cause()));
        }
    }

    private void giveUpLate() {
        while (!doubts.isEmpty() && System.nanoTime() - doubts.getFirst().since() > limit.toNanos()) {
            unknown(doubts.removeFirst());
        }
    }

    /** Waits for no answer any more. */
    void giveUp() {
        while (!doubts.isEmpty()) {
            unknown(doubts.removeFirst());
        }
    }

    private static void unknown(Doubt doubt) {
        if (doubt.write().failed() != null) {
            doubt.write().failed().accept(new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "the connection to the orchestrator's database broke while this was written, so it may have been taken or not;"
                            + " look whether it is there before you send it again, or send it with its Idempotency-Key",
                    new CommitUnknown(doubt.cause())));
        }
    }
}
