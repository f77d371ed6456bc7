package dev.rbees.worker.lifecycle;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.thread.Liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WorkerStateTest {

    @Test
    void aWorkerWithAThreadThatFailedIsNotReadyAtOnceAndTakesNothing() {
        AtomicInteger ends = new AtomicInteger();
        Liveness liveness = new Liveness(_ -> ends.incrementAndGet());
        WorkerState state = new WorkerState(liveness);
        assertThat(state.status()).isEqualTo(WorkerStatus.LOADING);
        liveness.failed("batch-loop", new StackOverflowError());
        liveness.failed("prefill", new IllegalStateException("a consequence"));
        assertThat(state.status()).isEqualTo(WorkerStatus.FAILED);
        assertThat(state.failure()).contains("its thread batch-loop has failed, and it is being ended");
        assertThatThrownBy(state::forNewWork).isInstanceOfSatisfying(RbeesException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.WORKER_UNAVAILABLE));
        assertThat(ends).hasValue(1);
    }
}
