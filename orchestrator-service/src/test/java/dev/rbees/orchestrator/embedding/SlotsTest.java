package dev.rbees.orchestrator.embedding;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.Capabilities;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The bounds of those who wait for embeddings, and of those who have a slot. */
class SlotsTest {

    private static final int MOST_WAITING = 3;
    private static final long PATIENCE = Duration.ofSeconds(30).toNanos();
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private final Slots slots = new Slots(MOST_WAITING);

    private static WorkerView worker(int total) {
        return new WorkerView("e1", "http://127.0.0.1:1", Backend.CPU, "bert", "a".repeat(64),
                List.of(Capabilities.EMBEDDING), WorkerStatus.READY, total, total, 128, NOW, NOW, "closed");
    }

    private Slots.Slot take(int total) throws InterruptedException {
        return slots.take(() -> List.of(worker(total)), Set.of(), PATIENCE);
    }

    private static ErrorCode refusal(Future<?> one) throws InterruptedException {
        try {
            one.get();
            throw new AssertionError("it was not refused");
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(RbeesException.class);
            return e.getCause() instanceof RbeesException known ? known.code() : ErrorCode.INTERNAL;
        }
    }

    @Test
    void refusesWhoeverComesWhenTooManyWaitHoweverOftenTheyCome() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Slots.Slot only = take(1);
            List<Future<?>> waiting = new ArrayList<>();
            for (int i = 0; i < MOST_WAITING; i++) {
                waiting.add(threads.submit(() -> {
                    take(1).close();
                    return null;
                }));
            }
            Waiting.until(() -> slots.waiting() == MOST_WAITING);
            for (int i = 0; i < 50; i++) {
                assertThat(refusal(threads.submit(() -> take(1)))).isEqualTo(ErrorCode.QUEUE_FULL);
                assertThat(slots.waiting()).as("after %d refusals", i + 1).isEqualTo(MOST_WAITING);
            }
            only.close();
            for (Future<?> one : waiting) {
                one.get();
            }
            assertThat(slots.waiting()).isZero();
        }
    }

    @Test
    void neverMoreHaveASlotOrWaitThanMayWhateverHappens() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                boolean hasty = i % 3 == 0;
                all.add(threads.submit(() -> {
                    for (int n = 0; n < 20; n++) {
                        try (Slots.Slot slot = slots.take(() -> List.of(worker(2)), Set.of(), hasty ? 1_000 : PATIENCE)) {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            assertThat(slot.worker().workerId()).isEqualTo("e1");
                            inside.decrementAndGet();
                            done.incrementAndGet();
                        } catch (RbeesException e) {
                            refused.incrementAndGet();
                        }
                        assertThat(slots.waiting()).isBetween(0, MOST_WAITING);
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(most.get()).isBetween(1, 2);
        assertThat(done.get() + refused.get()).isEqualTo(200 * 20);
        assertThat(slots.waiting()).isZero();
        Slots.Slot twice = take(1);
        twice.close();
        twice.close();
        take(1).close();
    }

    @Test
    void whoIsInterruptedWaitsNoMore() throws Exception {
        Slots.Slot only = take(1);
        Thread waits = Thread.ofVirtual().start(() -> assertThatThrownBy(() -> take(1))
                .isInstanceOf(InterruptedException.class));
        Waiting.until(() -> slots.waiting() == 1);
        waits.interrupt();
        waits.join();
        assertThat(slots.waiting()).isZero();
        only.close();
        take(1).close();
    }

    @Test
    void whereNobodyIsThereIsNothingToWaitFor() {
        assertThatThrownBy(() -> slots.take(List::of, Set.of(), PATIENCE)).isInstanceOfSatisfying(RbeesException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.WORKER_UNAVAILABLE));
        assertThat(slots.waiting()).isZero();
    }
}
