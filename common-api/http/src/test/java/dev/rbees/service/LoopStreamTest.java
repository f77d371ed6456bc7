package dev.rbees.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/** Who gives what on which thread. */
class LoopStreamTest {

    private final ExecutorService loop = Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().name("loop").unstarted(task));
    private final Numbers numbers = new Numbers();

    /** What others put in, until they say that it was all. */
    private static class Numbers implements LoopStream.Source<Integer> {
        final Queue<Integer> waiting = new ConcurrentLinkedQueue<>();
        final AtomicInteger left = new AtomicInteger();
        volatile boolean all;
        volatile Runnable wake = () -> {
        };

        void put(int number) {
            waiting.add(number);
            wake.run();
        }

        void end() {
            all = true;
            wake.run();
        }

        @Override
        public @Nullable Integer next() {
            return waiting.poll();
        }

        @Override
        public boolean ended() {
            return all && waiting.isEmpty();
        }

        @Override
        public void left() {
            left.incrementAndGet();
        }
    }

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    private Flux<Integer> stream() {
        return LoopStream.of(loop, stream -> {
            numbers.wake = stream::wake;
            return numbers;
        });
    }

    @RepeatedTest(20)
    void everythingIsGivenOnceAndInOrderOnTheLoop() throws InterruptedException {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        Thread maker = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 20_000; i++) {
                numbers.put(i);
            }
            numbers.end();
        });
        List<Integer> given = stream().doOnEach(_ -> threads.add(Thread.currentThread().getName())).limitRate(7)
                .collectList().block(Duration.ofSeconds(20));
        maker.join();
        assertThat(given).hasSize(20_000).isSorted();
        assertThat(threads).containsExactly("loop");
        assertThat(numbers.left).hasValue(1);
    }

    @Test
    void noMoreIsGivenThanWasAskedFor() {
        for (int i = 0; i < 10; i++) {
            numbers.put(i);
        }
        StepVerifier.create(stream(), 0).thenRequest(2).expectNext(0, 1).thenRequest(1).expectNext(2)
                .thenCancel().verify(Duration.ofSeconds(10));
        assertThat(numbers.waiting).hasSize(7);
        assertThat(numbers.left).hasValue(1);
    }

    @Test
    void theEndNeedsNotBeAskedFor() {
        numbers.end();
        StepVerifier.create(stream(), 0).expectComplete().verify(Duration.ofSeconds(10));
    }

    @Test
    void aSourceThatFailsEndsTheStream() {
        Numbers broken = new Numbers() {
            @Override
            public Integer next() {
                throw new IllegalStateException("broken");
            }
        };
        StepVerifier.create(LoopStream.<Integer>of(loop, _ -> broken)).expectErrorMessage("broken")
                .verify(Duration.ofSeconds(10));
        assertThat(broken.left).hasValue(1);
    }

    @Test
    void aReaderThatFailsEndsTheStream() {
        numbers.put(1);
        StepVerifier.create(stream().map(_ -> {
            throw new IllegalStateException("the reader broke");
        })).expectErrorMessage("the reader broke").verify(Duration.ofSeconds(10));
        assertThat(numbers.left).hasValue(1);
    }

    @Test
    void aLoopThatHasEndedEndsTheStream() {
        List<Throwable> failures = new ArrayList<>();
        BaseSubscriber<Integer> reader = new BaseSubscriber<>() {
            @Override
            protected void hookOnError(Throwable failure) {
                failures.add(failure);
            }
        };
        LoopStream.<Integer>of(_ -> {
            throw new RejectedExecutionException("closed");
        }, _ -> numbers).subscribe(reader);
        assertThat(numbers.left).hasValue(1);
        assertThat(failures).isEmpty();
    }
}
