package dev.rbees.worker.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/**
 * Looks once a minute whether the loaded model can still be used, and says so once when it can not. A worker does not come
 * back from that: what it answers could be anything, so it is to be started anew.
 */
final class ResidencyCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ResidencyCheck.class);
    static final Duration PAUSE = Duration.ofSeconds(60);

    private final Supplier<Optional<String>> problem;
    private final Consumer<String> lost;
    private final OwnerThread thread;

    /**
     * @param problem what is wrong now, empty for nothing
     * @param lost hears of the first problem
     * @param liveness hears when the check itself cannot go on
     */
    ResidencyCheck(Supplier<Optional<String>> problem, Consumer<String> lost, Liveness liveness) {
        this.problem = problem;
        this.lost = lost;
        this.thread = OwnerThread.beating("residency-check", liveness, PAUSE, this::look);
    }

    void start() {
        thread.start();
    }

    /** Looks once; the last time when there is a problem. */
    void look() {
        find().ifPresent(found -> {
            LOG.error("the model is no longer resident: {}; restart the worker", found);
            lost.accept(found + "; restart the worker");
            thread.close();
        });
    }

    /** Whether it looks no more. */
    boolean over() {
        return thread.closing();
    }

    private Optional<String> find() {
        try {
            return problem.get();
        } catch (RuntimeException e) {
            return Optional.of("it cannot be checked (" + e.getMessage() + ")");
        }
    }

    /** Ends it, without waiting: a device that does not answer may hold it for ever. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
