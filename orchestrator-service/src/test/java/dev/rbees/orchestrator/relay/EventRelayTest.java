package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.testing.RunningOrchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Readers of logs: fast, slow, and gone. */
class EventRelayTest {

    private static final LogReader.Limits PATIENT = new LogReader.Limits(Duration.ofSeconds(30), Duration.ofMinutes(1));

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final TaskLog log = new TaskLog(List.of(), (_, _) -> true);

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    private void tokens(int count) {
        log.admit(1);
        for (int i = 0; i < count; i++) {
            log.append(1, new TaskEvent.Token("x", i, 7));
        }
    }

    private void seal() {
        log.seal(new TaskEvent.Failed(ErrorCode.CANCELLED, "x")).written().run();
    }

    @Test
    void everyReaderHearsEverythingOnceWhileItIsWritten() throws InterruptedException {
        List<List<Long>> heard = new ArrayList<>();
        List<Thread> readers = IntStream.range(0, 8).mapToObj(n -> Thread.ofPlatform().start(() -> {
            List<Long> mine = LogReader.read(log, n, loop, PATIENT).flatMapIterable(list -> list)
                    .map(LoggedEvent::sequence).collectList().block(Duration.ofSeconds(20));
            synchronized (heard) {
                heard.add(mine);
            }
        })).toList();
        tokens(5_000);
        seal();
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(heard).hasSize(8).allSatisfy(sequence -> {
            long first = sequence.getFirst();
            assertThat(sequence).isEqualTo(java.util.stream.LongStream.rangeClosed(first, 5_001).boxed().toList());
        });
    }

    @Test
    void aReaderWhoTakesNothingHoldsNobodyUpAndIsCutOff() {
        LogReader.Limits strict = new LogReader.Limits(Duration.ofMillis(30), Duration.ofMillis(60));
        List<Throwable> failures = new ArrayList<>();
        BaseSubscriber<List<LoggedEvent>> stuck = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnError(Throwable failure) {
                failures.add(failure);
            }
        };
        LogReader.read(log, 0, loop, strict).subscribe(stuck);
        tokens(10_000);
        RunningOrchestrator.await(() -> !failures.isEmpty());
        assertThat(failures).singleElement().isInstanceOf(SlowReader.class);
        assertThat(log.hasReaders()).isFalse();
    }

    @Test
    void saysThatItLivesWhenThereIsNothingToSay() {
        LogReader.Limits quick = new LogReader.Limits(Duration.ofMillis(20), Duration.ofMinutes(1));
        List<LoggedEvent> first = LogReader.read(log, 0, loop, quick).blockFirst(Duration.ofSeconds(10));
        assertThat(first).isEmpty();
        RunningOrchestrator.await(() -> !log.hasReaders());
    }

    @Test
    void aReaderWhoLeavesIsForgotten() {
        tokens(1);
        var reading = LogReader.read(log, 0, loop, PATIENT).subscribe();
        RunningOrchestrator.await(log::hasReaders);
        reading.dispose();
        RunningOrchestrator.await(() -> !log.hasReaders());
    }

    @RepeatedTest(200) // why: it may leave before, while and after it joins
    void aFailureOfTheReaderIsNotSwallowed() {
        tokens(1);
        assertThatThrownBy(() -> LogReader.read(log, 0, loop, PATIENT).map(_ -> {
            throw new IllegalStateException("the reader broke");
        }).blockLast(Duration.ofSeconds(10))).hasMessageContaining("the reader broke");
        RunningOrchestrator.await(() -> !log.hasReaders());
    }
}
