package dev.rbees.worker.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.thread.Liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ResidencyCheckTest {

    private final Liveness liveness = new Liveness(_ -> {
    });
    private Optional<String> problem = Optional.empty();

    @Test
    void looksEveryMinuteAndTellsTheFirstProblemOnce() {
        List<String> heard = new ArrayList<>();
        try (ResidencyCheck check = new ResidencyCheck(() -> problem, heard::add, liveness)) {
            assertThat(ResidencyCheck.PAUSE).hasSeconds(60);
            check.look();
            assertThat(heard).isEmpty();
            assertThat(check.over()).isFalse();
            problem = Optional.of("the file was removed");
            check.look();
            assertThat(heard).containsExactly("the file was removed; restart the worker");
            assertThat(check.over()).isTrue();
        }
    }

    @Test
    void aCheckThatFailsIsAProblem() {
        List<String> heard = new ArrayList<>();
        try (ResidencyCheck check = new ResidencyCheck(() -> {
            throw new IllegalStateException("no driver");
        }, heard::add, liveness)) {
            check.look();
            assertThat(heard).containsExactly("it cannot be checked (no driver); restart the worker");
        }
    }

    @Test
    void aWorkerThatLostItsModelHasFailedAndTakesNoWork() {
        WorkerState state = new WorkerState(new Liveness(_ -> {
        }));
        try (ResidencyCheck check = new ResidencyCheck(() -> Optional.of("the card is gone"), state::failed, liveness)) {
            assertThat(state.status()).isEqualTo(WorkerStatus.LOADING);
            check.look();
            assertThat(state.status()).isEqualTo(WorkerStatus.FAILED);
            assertThatThrownBy(state::forNewWork).isInstanceOf(RbeesException.class)
                    .hasMessage("the worker failed: the card is gone; restart the worker");
        }
    }
}
