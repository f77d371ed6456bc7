package dev.rbees.orchestrator.store;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** What the records that lie on a disk promise besides: what has ended goes after a time, or when it takes too much. */
abstract class RetentionContract extends TaskStoreContract {

    @Test
    void forgetsWhatEndedLongAgo() {
        insert("t1", null, DIGEST);
        insert("t2", null, DIGEST);
        finish(completed("t1"), event(1, "token"));
        now = NOW.plus(Retention.USUAL.age()).plusMillis(1);
        Waiting.until(() -> store.find("t1").isEmpty());
        assertThat(events("t1")).isEmpty();
        assertThat(store.find("t2")).isPresent();
    }

    @Test
    void forgetsTheOldestWhenAllTakeTooMuch() {
        for (int i = 0; i < 20; i++) {
            insert("t" + i, null, DIGEST);
            finish(completed("t" + i), new LoggedEvent(1, "token", "x".repeat(10_000)));
        }
        assertThat(store.find("t0")).isPresent();
        retention = new Retention(Duration.ofDays(7), 100_000);
        reopen();
        Waiting.until(() -> store.list(null, null, 100).size() <= 9);
        assertThat(store.list(null, null, 100)).hasSizeGreaterThan(7).extracting(Task::id).startsWith("t19", "t18", "t17");
    }
}
