package dev.rbees.orchestrator.events;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.TaskEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What readers may see, and whose words count. */
class TaskLogTest {

    private static final TaskEvent CANCELLED = new TaskEvent.Failed(ErrorCode.CANCELLED, "the task was cancelled");

    private static final TaskEvent TOKEN = new TaskEvent.Token("x", 0, 7);
    private static final TaskEvent STARTED = new TaskEvent.Started("t", "tiny", java.time.Instant.EPOCH, new Seed(1), null,
            null);

    private final List<Runnable> unwritten = new ArrayList<>();
    private final TaskLog log = new TaskLog(List.of(), (_, written) -> {
        unwritten.add(written);
        return false;
    });

    private void write() {
        unwritten.forEach(Runnable::run);
        unwritten.clear();
    }

    @Test
    void showsNothingThatIsNotInTheRecord() {
        log.admit(1);
        log.append(1, TOKEN);
        assertThat(log.after(0, 10)).isEmpty();
        write();
        assertThat(log.after(0, 10)).extracting(LoggedEvent::sequence).containsExactly(1L);
    }

    @Test
    void showsAtOnceWhatIsInTheRecordAtOnce() {
        TaskLog quick = new TaskLog(List.of(), (_, _) -> true);
        AtomicInteger woken = new AtomicInteger();
        quick.join(woken::incrementAndGet);
        quick.admit(1);
        quick.append(1, TOKEN);
        assertThat(quick.last()).isEqualTo(1);
        assertThat(woken).hasValue(1);
    }

    @Test
    void dropsTheWordsOfAnEarlierAttemptAndOfAnyAfterTheEnd() {
        log.admit(1);
        log.append(1, STARTED);
        log.admit(2);
        log.append(1, TOKEN);
        log.append(2, STARTED);
        log.append(2, TOKEN);
        unwritten.add(log.seal(CANCELLED).written());
        log.append(2, TOKEN);
        write();
        assertThat(log.after(0, 10)).extracting(LoggedEvent::type).containsExactly("started", "token", "error");
        assertThat(log.tokens()).isEqualTo(1);
        assertThat(log.complete()).isTrue();
    }

    @Test
    void anAttemptThatIsFencedWritesNoMore() {
        log.admit(1);
        log.append(1, TOKEN);
        assertThat(log.fence(1)).isEqualTo(1);
        log.append(1, TOKEN);
        assertThat(log.tokens()).isEqualTo(1);
        assertThat(log.admit(2)).containsExactly(7);
        assertThat(log.fence(1)).as("an old fence leaves the new attempt alone").isEqualTo(1);
        log.append(2, TOKEN);
        assertThat(log.tokens()).isEqualTo(2);
    }

    @Test
    void endsOnce() {
        unwritten.add(log.seal(CANCELLED).written());
        assertThatThrownBy(() -> log.seal(CANCELLED)).isInstanceOf(IllegalStateException.class);
        assertThat(log.complete()).isFalse();
        write();
        assertThat(log.complete()).isTrue();
    }

    @Test
    void keepsTheOrderWhenTheRecordRefuses() {
        TaskLog full = new TaskLog(List.of(), (_, _) -> {
            throw new IllegalStateException("full");
        });
        full.admit(1);
        assertThatThrownBy(() -> full.append(1, TOKEN)).hasMessage("full");
        assertThat(full.tokens()).isZero();
    }

    @Test
    void goesOnAfterARestartWhereItWas() {
        TaskLog again = new TaskLog(List.of(new LoggedEvent(1, "queued", "{}"), new LoggedEvent(2, "started", "{}")),
                (_, _) -> true);
        again.admit(1);
        again.append(1, STARTED);
        again.append(1, TOKEN);
        assertThat(again.after(1, 10)).extracting(LoggedEvent::sequence, LoggedEvent::type).containsExactly(
                org.assertj.core.groups.Tuple.tuple(2L, "started"), org.assertj.core.groups.Tuple.tuple(3L, "token"));
    }

    @Test
    void saysWhenTheLastReaderHasLeftAnUnfinishedLog() {
        AtomicInteger abandoned = new AtomicInteger();
        log.whenAbandoned(abandoned::incrementAndGet);
        Runnable first = () -> {
        };
        Runnable second = new ArrayList<Integer>()::clear;
        log.join(first);
        log.join(second);
        log.leave(first);
        assertThat(abandoned).hasValue(0);
        log.leave(second);
        log.leave(second);
        assertThat(abandoned).hasValue(1);
    }
}
