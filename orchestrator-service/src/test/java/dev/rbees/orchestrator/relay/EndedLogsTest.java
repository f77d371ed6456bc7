package dev.rbees.orchestrator.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.EndedLog;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Many readers of few logs that have ended. */
class EndedLogsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final AtomicInteger reads = new AtomicInteger();
    private final List<String> threads = Collections.synchronizedList(new ArrayList<>());

    private List<LoggedEvent> events(long last, long after, int limit) {
        reads.incrementAndGet();
        threads.add(Thread.currentThread().getName());
        return LongStream.rangeClosed(after + 1, Math.min(last, after + limit))
                .mapToObj(n -> new LoggedEvent(n, n == last ? "end" : "token", "{}")).toList();
    }

    private static List<Long> all(EndedLogs logs, EndedLog log, long after) {
        return Objects.requireNonNull(
                logs.read(log, after).flatMapIterable(list -> list).map(LoggedEvent::sequence).collectList().block(LIMIT));
    }

    private static List<Long> from(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void aThousandReadersReadEachPageOnce() {
        EndedLogs logs = new EndedLogs((_, after, limit) -> events(10_000, after, limit));
        EndedLog log = new EndedLog("t1", 10_000);
        List<Long> counts = Flux.fromStream(IntStream.range(0, 1_000).boxed())
                .flatMap(
                        n -> logs.read(log, n % 100).subscribeOn(Schedulers.parallel()).flatMapIterable(list -> list).count()
                                .map(count -> count + n % 100),
                        1_000)
                .collectList().block(LIMIT);
        assertThat(counts).hasSize(1_000).allMatch(count -> count == 10_000);
        assertThat(reads).hasValue(40);
        assertThat(threads).allMatch(name -> name.startsWith("boundedElastic"));
    }

    @Test
    void aReaderComesBackAnywhere() {
        // why: a record may give fewer events than asked for, so that pages begin at odd places
        EndedLogs logs = new EndedLogs((_, after, limit) -> events(700, after, Math.min(limit, 100)));
        EndedLog log = new EndedLog("t1", 700);
        for (long after : new long[] {0, 1, 99, 100, 101, 255, 256, 257, 511, 699}) {
            assertThat(all(logs, log, after)).isEqualTo(from(after + 1, 700));
        }
        assertThat(all(logs, log, 700)).isEmpty();
        assertThat(all(logs, log, 10_000)).isEmpty();
    }

    @Test
    void whatIsNotAskedForIsNotRead() {
        EndedLogs logs = new EndedLogs((_, after, limit) -> events(10_000, after, limit));
        StepVerifier.create(logs.read(new EndedLog("t1", 10_000), 0), 2).expectNextCount(2).thenCancel().verify(LIMIT);
        assertThat(reads.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void keepsNoMoreThanItsCapacity() {
        EndedLogs logs = new EndedLogs((_, after, limit) -> events(1_000, after, limit), 60_000);
        for (int i = 0; i < 20; i++) {
            assertThat(all(logs, new EndedLog("t" + i, 1_000), 0)).hasSize(1_000);
        }
        assertThat(logs.kept()).isBetween(1L, 60_000L);
    }

    @Test
    void whatIsForgottenWhileItIsReadIsNotKept() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        EndedLogs logs = new EndedLogs((_, after, limit) -> {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return events(10, after, limit);
        });
        List<List<LoggedEvent>> got = Collections.synchronizedList(new ArrayList<>());
        var reader = logs.read(new EndedLog("t1", 10), 0).subscribe(got::add);
        begun.await();
        logs.forget("t1");
        go.countDown();
        Waiting.until(() -> got.size() == 1);
        assertThat(logs.kept()).isZero();
        reader.dispose();
    }

    @Test
    void aTaskThatIsDeletedMeanwhileEndsItsReaders() {
        EndedLogs logs = new EndedLogs((_, _, _) -> List.of());
        assertThatThrownBy(() -> all(logs, new EndedLog("t1", 5), 0)).isInstanceOf(RbeesException.class)
                .hasMessageContaining("deleted");
    }

    @Test
    void aFailureOfTheRecordIsHeardAndNotKept() {
        EndedLogs logs = new EndedLogs((_, after, limit) -> {
            if (reads.getAndIncrement() == 0) {
                throw new IllegalStateException("away");
            }
            return events(5, after, limit);
        });
        assertThatThrownBy(() -> all(logs, new EndedLog("t1", 5), 0)).hasMessageContaining("away");
        assertThat(all(logs, new EndedLog("t1", 5), 0)).hasSize(5);
    }
}
