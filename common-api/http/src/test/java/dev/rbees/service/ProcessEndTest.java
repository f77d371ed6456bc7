package dev.rbees.service;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import dev.rbees.testing.Waiting;
import dev.rbees.thread.Liveness;

import static org.assertj.core.api.Assertions.assertThat;

/** A program that cannot go on ends. */
class ProcessEndTest {

    @Test
    void itEndsEvenWhenHooksHang() throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        CountDownLatch hook = new CountDownLatch(1);
        Liveness liveness = ProcessEnd.liveness(code -> {
            done.add("exit " + code);
            try {
                hook.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, code -> done.add("halt " + code), Duration.ofMillis(50));
        assertThat(liveness.failure()).isEmpty();
        liveness.failed("control", new IllegalStateException("a fault"));
        assertThat(liveness.failure()).isPresent();
        Waiting.until(() -> done.size() == 2);
        assertThat(done).containsExactlyInAnyOrder("exit 70", "halt 70");
        hook.countDown();
    }
}
