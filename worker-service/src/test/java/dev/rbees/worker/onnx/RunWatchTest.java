package dev.rbees.worker.onnx;

import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RunWatchTest {

    private static final long MINUTE = 60_000_000_000L;

    @Test
    void noticesARunThatDoesNotEndAndForgetsOneThatDid() throws InterruptedException {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - MINUTE); // such clocks may overflow
        RunWatch watch = new RunWatch(now::get);
        watch.begin();
        now.addAndGet(5 * MINUTE);
        assertThat(watch.problem()).isEmpty();
        Thread other = Thread.ofPlatform().start(watch::begin);
        other.join();
        now.addAndGet(1);
        assertThat(watch.problem()).contains("a run of the model has not ended for 5 minutes");
        watch.end();
        assertThat(watch.problem()).isEmpty();
        now.addAndGet(5 * MINUTE);
        assertThat(watch.problem()).isPresent();
    }
}
