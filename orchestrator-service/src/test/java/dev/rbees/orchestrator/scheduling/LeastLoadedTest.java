package dev.rbees.orchestrator.scheduling;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which worker gets the next task. */
class LeastLoadedTest {

    @Test
    void takesTheOneWithTheSmallestShareInUse() {
        assertThat(
                LeastLoaded.choose(List.of(new WorkerLoad("a", 4, 2), new WorkerLoad("b", 8, 3), new WorkerLoad("c", 2, 1))))
                .map(WorkerLoad::workerId).contains("b");
    }

    @Test
    void amongEqualsTheLargerThenTheFirst() {
        assertThat(
                LeastLoaded.choose(List.of(new WorkerLoad("b", 2, 0), new WorkerLoad("a", 4, 0), new WorkerLoad("c", 4, 0))))
                .map(WorkerLoad::workerId).contains("a");
    }

    @Test
    void takesNobodyWhoIsFull() {
        assertThat(LeastLoaded.choose(List.of(new WorkerLoad("a", 1, 1), new WorkerLoad("b", 4, 5)))).isEmpty();
        assertThat(LeastLoaded.choose(List.of())).isEmpty();
    }
}
