package dev.rbees.worker.lifecycle;

import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a minute whether the loaded model can still be used, and says so once when it can not. A worker does not come
 * back from that: what it answers could be anything, so it is to be started anew.
 */
final class ResidencyCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ResidencyCheck.class);
    private static final long SECONDS = 60;

    private final Supplier<Optional<String>> problem;
    private final Consumer<String> lost;
    private final ScheduledExecutorService scheduler;

    /**
     * @param problem what is wrong now, empty for nothing
     * @param lost hears of the first problem
     * @param scheduler runs the check; this closes it
     */
    ResidencyCheck(Supplier<Optional<String>> problem, Consumer<String> lost, ScheduledExecutorService scheduler) {
        this.problem = problem;
        this.lost = lost;
        this.scheduler = scheduler;
    }

    void start() {
        ScheduledFuture<?> _ = scheduler.scheduleWithFixedDelay(this::check, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    private void check() {
        find().ifPresent(found -> {
            LOG.error("the model is no longer resident: {}; restart the worker", found);
            lost.accept(found + "; restart the worker");
            scheduler.shutdown();
        });
    }

    private Optional<String> find() {
        try {
            return problem.get();
        } catch (RuntimeException e) {
            return Optional.of("it cannot be checked (" + e.getMessage() + ")");
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
