package dev.rbees.worker.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ResidencyCheckTest {

    /** Keeps what is to be repeated, for a test to run. */
    private static final class ByHand extends ScheduledThreadPoolExecutor {

        private @Nullable Runnable task;
        private long periodSeconds;

        ByHand() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
            assertThat(initialDelay).isEqualTo(delay);
            task = command;
            periodSeconds = unit.toSeconds(delay);
            return schedule(() -> {
                // nothing: the test runs the task
            }, 1, TimeUnit.DAYS);
        }

        void tick() {
            Objects.requireNonNull(task).run();
        }
    }

    private final ByHand scheduler = new ByHand();
    private Optional<String> problem = Optional.empty();

    @Test
    void looksEveryMinuteAndTellsTheFirstProblemOnce() {
        List<String> heard = new ArrayList<>();
        try (ResidencyCheck check = new ResidencyCheck(() -> problem, heard::add, scheduler)) {
            check.start();
            assertThat(scheduler.periodSeconds).isEqualTo(60);
            scheduler.tick();
            assertThat(heard).isEmpty();
            assertThat(scheduler.isShutdown()).isFalse();
            problem = Optional.of("the file was removed");
            scheduler.tick();
            assertThat(heard).containsExactly("the file was removed; restart the worker");
            assertThat(scheduler.isShutdown()).isTrue();
        }
    }

    @Test
    void aCheckThatFailsIsAProblem() {
        List<String> heard = new ArrayList<>();
        try (ResidencyCheck check = new ResidencyCheck(() -> {
            throw new IllegalStateException("no driver");
        }, heard::add, scheduler)) {
            check.start();
            scheduler.tick();
            assertThat(heard).containsExactly("it cannot be checked (no driver); restart the worker");
        }
    }

    @Test
    void aWorkerThatLostItsModelHasFailedAndTakesNoWork() {
        WorkerState state = new WorkerState();
        try (ResidencyCheck check = new ResidencyCheck(() -> Optional.of("the card is gone"), state::failed, scheduler)) {
            check.start();
            assertThat(state.status()).isEqualTo(WorkerStatus.LOADING);
            scheduler.tick();
            assertThat(state.status()).isEqualTo(WorkerStatus.FAILED);
            assertThatThrownBy(state::forNewWork).isInstanceOf(RbeesException.class)
                    .hasMessage("the worker failed: the card is gone; restart the worker");
        }
    }
}
