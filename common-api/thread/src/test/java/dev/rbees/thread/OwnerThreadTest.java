package dev.rbees.thread;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OwnerThreadTest {

    private final CompletableFuture<Liveness.Failure> ended = new CompletableFuture<>();
    private final Liveness liveness = new Liveness(ended::complete);

    @Test
    void whateverEscapesEndsTheProgram() {
        OwnerThread thread = new OwnerThread("control", liveness, () -> {
            throw new StackOverflowError("deep");
        }).start();
        Liveness.Failure failure = ended.join();
        thread.close();
        assertThat(failure.thread()).isEqualTo("control");
        assertThat(failure.cause()).isInstanceOf(StackOverflowError.class);
        assertThat(liveness.failure()).contains(failure);
    }

    @Test
    void theFirstFailureIsTheOneThatCounts() {
        AtomicInteger ends = new AtomicInteger();
        Liveness once = new Liveness(_ -> ends.incrementAndGet());
        once.failed("a", new IllegalStateException("first"));
        once.failed("b", new IllegalStateException("second"));
        assertThat(ends).hasValue(1);
        assertThat(once.failure().orElseThrow().thread()).isEqualTo("a");
    }

    @Test
    void onlyTheOwnerMayTouchWhatItOwns() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<String> own = new CompletableFuture<>();
        OwnerThread[] self = new OwnerThread[1];
        self[0] = new OwnerThread("control", liveness, () -> {
            self[0].check();
            own.complete("may");
            running.countDown();
            while (!self[0].closesWithin(Duration.ofSeconds(10))) {
                // it waits to be closed
            }
        });
        self[0].check();
        self[0].start();
        running.await();
        assertThat(own).isCompletedWithValue("may");
        assertThatThrownBy(self[0]::check).isInstanceOf(IllegalStateException.class).hasMessageContaining("control");
        self[0].close();
        assertThat(liveness.failure()).isEmpty();
    }

    @Test
    void aBeatComesAgainUntilItIsClosed() throws InterruptedException {
        CountDownLatch beats = new CountDownLatch(3);
        OwnerThread thread = OwnerThread.beating("leader", liveness, Duration.ofMillis(1), beats::countDown).start();
        beats.await();
        thread.close();
        assertThat(liveness.failure()).isEmpty();
    }

    @Test
    void anInterruptionThatNobodyAskedForIsAFailure() {
        OwnerThread thread = new OwnerThread("audit", liveness, () -> {
            Thread.currentThread().interrupt();
            new CountDownLatch(1).await();
        }).start();
        assertThat(ended.join().cause()).isInstanceOf(InterruptedException.class);
        thread.close();
    }

    @Test
    void anInterruptionThatClosesIsNone() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        OwnerThread thread = new OwnerThread("audit", liveness, () -> {
            running.countDown();
            new CountDownLatch(1).await();
        }).start();
        running.await();
        thread.interrupt();
        thread.close();
        assertThat(liveness.failure()).isEmpty();
    }
}
