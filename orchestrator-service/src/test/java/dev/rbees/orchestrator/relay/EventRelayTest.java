package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Readers of logs: fast, slow, and gone. */
class EventRelayTest {

    private static final LogReader.Limits PATIENT = new LogReader.Limits(Duration.ofSeconds(30), Duration.ofMinutes(1));

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("loop").unstarted(task));
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

    private EventRelay relay(LogReader.Limits limits) {
        return new EventRelay(new SimpleMeterRegistry(), new EndedLogs((_, _, _) -> List.of()), limits);
    }

    private Flux<Relayed> read(long after, LogReader.Limits limits) {
        return relay(limits).read(log, after, loop);
    }

    private static Flux<LoggedEvent> events(Flux<Relayed> relayed) {
        return relayed.ofType(Relayed.Events.class).flatMapIterable(Relayed.Events::all);
    }

    private void seal() {
        log.seal(new TaskEvent.Failed(ErrorCode.CANCELLED, "x")).written().run();
    }

    @Test
    void everyReaderHearsEverythingOnceWhileItIsWritten() throws InterruptedException {
        List<List<Long>> heard = new ArrayList<>();
        List<Thread> readers = IntStream.range(0, 8).mapToObj(n -> Thread.ofPlatform().start(() -> {
            List<Long> mine = events(read(n, PATIENT)).map(LoggedEvent::sequence)
                    .collectList().block(Duration.ofSeconds(20));
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
        BaseSubscriber<Relayed> stuck = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnError(Throwable failure) {
                failures.add(failure);
            }
        };
        read(0, strict).subscribe(stuck);
        tokens(10_000);
        Waiting.until(() -> !failures.isEmpty());
        assertThat(failures).singleElement().isInstanceOf(SlowReader.class);
        assertThat(log.hasReaders()).isFalse();
    }

    @Test
    void saysThatItLivesWhenThereIsNothingToSay() {
        LogReader.Limits quick = new LogReader.Limits(Duration.ofMillis(20), Duration.ofMinutes(1));
        List<Relayed> first = read(0, quick).take(3).collectList().block(Duration.ofSeconds(10));
        assertThat(first).containsExactly(Relayed.Opened.OPENED, Relayed.Quiet.QUIET, Relayed.Quiet.QUIET);
        Waiting.until(() -> !log.hasReaders());
    }

    @Test
    void aReaderWhoLeavesIsForgotten() {
        tokens(1);
        var reading = read(0, PATIENT).subscribe();
        Waiting.until(log::hasReaders);
        reading.dispose();
        Waiting.until(() -> !log.hasReaders());
    }

    @RepeatedTest(200) // why: it may leave before, while and after it joins
    void aFailureOfTheReaderIsNotSwallowed() {
        tokens(1);
        assertThatThrownBy(() -> read(0, PATIENT).map(_ -> {
            throw new IllegalStateException("the reader broke");
        }).blockLast(Duration.ofSeconds(10))).hasMessageContaining("the reader broke");
        Waiting.until(() -> !log.hasReaders());
    }

    @Test
    void everythingIsGivenOnTheLoopWhoeverWritesReadsOrCloses() throws InterruptedException {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        EventRelay relay = relay(PATIENT);
        List<Relayed> last = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch ended = new CountDownLatch(1);
        relay.read(log, 0, loop).doOnEach(_ -> threads.add(Thread.currentThread().getName()))
                .subscribe(last::add, _ -> ended.countDown(), ended::countDown);
        tokens(1_000);
        Waiting.until(() -> last.stream().filter(Relayed.Events.class::isInstance)
                .mapToInt(some -> ((Relayed.Events) some).all().size()).sum() == 1_000);
        relay.close();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(last.getFirst()).isEqualTo(Relayed.Opened.OPENED);
        assertThat(last.getLast()).isEqualTo(Relayed.Closing.CLOSING);
        assertThat(threads).containsExactly("loop");
    }

    @Test
    void closingIsNotLeaving() {
        AtomicInteger abandoned = new AtomicInteger();
        log.whenAbandoned(abandoned::incrementAndGet);
        EventRelay relay = relay(PATIENT);
        List<Relayed> given = new ArrayList<>();
        Thread reader = Thread.ofPlatform().start(() -> given.addAll(
                Objects.requireNonNull(relay.read(log, 0, loop).collectList().block(Duration.ofSeconds(10)))));
        Waiting.until(log::hasReaders);
        relay.close();
        Waiting.until(() -> !reader.isAlive());
        assertThat(given).endsWith(Relayed.Closing.CLOSING);
        assertThat(relay.read(log, 0, loop).collectList().block(Duration.ofSeconds(10))).endsWith(Relayed.Closing.CLOSING);
        assertThat(abandoned).hasValue(0);
    }
}
