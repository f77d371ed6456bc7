package dev.rbees.orchestrator.store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.pool.PoolRecord;
import dev.rbees.orchestrator.session.Session;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.store.TaskStore.LogSummary;
import dev.rbees.orchestrator.store.TaskStore.NewTask;
import dev.rbees.orchestrator.store.TaskStore.Unfinished;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.worker.KnownModel;
import dev.rbees.thread.Liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every record promises, wherever it lies. */
abstract class TaskStoreContract {

    static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123Z");
    static final String SECRET = "a prompt that nobody but the worker may see";
    static final String DIGEST = "0".repeat(64);

    @TempDir
    Path folder;

    TaskStore store;
    volatile Instant now = NOW;
    Retention retention = Retention.USUAL;

    /** Looks often at what may be forgotten, by a clock that stands still. */
    Upkeep upkeep() {
        return new Upkeep(retention, Duration.ofMillis(20), () -> now, new Liveness(failure -> {
            throw new AssertionError(failure.cause());
        }));
    }

    /** Opens the record, which keeps what was written before in the same test. */
    abstract TaskStore openStore();

    @BeforeEach
    void open() {
        store = openStore();
    }

    @AfterEach
    void close() {
        store.close();
    }

    void reopen() {
        close();
        open();
    }

    static Task task(String id) {
        return TestTasks.fresh(id, NOW);
    }

    Insertion insert(String id, @Nullable String key, String digest) {
        return store.insert(new NewTask(task(id), SECRET, digest, key)).join();
    }

    void append(String task, long sequence, String type) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        if (!store.append(task, event(sequence, type), () -> written.complete(null))) {
            written.join();
        }
    }

    static LoggedEvent event(long sequence, String type) {
        return new LoggedEvent(sequence, type, "{\"n\":" + sequence + "}");
    }

    /** Ends a task that was said {@code before} of. */
    void finish(Task ended, LoggedEvent... before) {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        List<LoggedEvent> log = new ArrayList<>(List.of(before));
        log.add(event(before.length + 1L, "end"));
        store.finish(ended, log, () -> durable.complete(null));
        durable.join();
    }

    List<Unfinished> unfinished() {
        return store.unfinished(0, 1_000);
    }

    List<LoggedEvent> events(String task) {
        List<LoggedEvent> all = new ArrayList<>();
        for (List<LoggedEvent> page = store.events(task, 0, 256); !page.isEmpty(); page = store.events(task, all.size(),
                256)) {
            all.addAll(page);
        }
        return all;
    }

    static Task completed(String id) {
        return task(id).dispatched("w", null, 0, TestTasks.CHOICE, NOW).running(NOW).completed(
                new TaskEvent.End(1, 0, 2, 3, StopReason.EOS, null),
                NOW);
    }

    @Test
    void whatWasAcceptedIsThereAfterAReopening() {
        assertThat(insert("t1", null, DIGEST)).isInstanceOf(Insertion.Inserted.class);
        append("t1", 1, "queued");
        reopen();
        assertThat(unfinished()).singleElement().satisfies(one -> {
            assertThat(one.task()).isEqualTo(task("t1"));
            assertThat(one.requestBytes()).isEqualTo(SECRET.length());
        });
        assertThat(store.request("t1")).contains(SECRET);
        assertThat(events("t1")).containsExactly(event(1, "queued"));
    }

    @Test
    void promptsAreGoneWhenTheirTaskHasEnded() {
        insert("t1", null, DIGEST);
        finish(completed("t1"));
        assertThat(unfinished()).isEmpty();
        assertThat(store.find("t1")).contains(completed("t1"));
    }

    @Test
    void anEventThatIsWrittenTwiceIsThereOnce() {
        insert("t1", null, DIGEST);
        append("t1", 1, "queued");
        append("t1", 1, "queued");
        reopen();
        assertThat(events("t1")).containsExactly(event(1, "queued"));
    }

    @Test
    void theLogOfATaskIsWholeWhenItHasEndedHoweverOftenTheRecordWasOpenedMeanwhile() {
        insert("t1", null, DIGEST);
        append("t1", 1, "queued");
        reopen();
        append("t1", 2, "started");
        append("t1", 3, "token");
        reopen();
        assertThat(events("t1")).extracting(LoggedEvent::type)
                .containsExactly("queued", "started", "token");
        finish(completed("t1"), event(1, "queued"), event(2, "started"), event(3, "token"));
        assertThat(events("t1")).containsExactly(event(1, "queued"), event(2, "started"), event(3, "token"),
                event(4, "end"));
        reopen();
        assertThat(events("t1")).hasSize(4);
    }

    @Test
    void anIdempotencyKeyIsGoodForOneRequest() {
        assertThat(insert("t1", "key", DIGEST)).isInstanceOf(Insertion.Inserted.class);
        assertThat(insert("t2", "key", DIGEST)).isEqualTo(new Insertion.SeenBefore(task("t1")));
        assertThat(insert("t3", "key", "1".repeat(64))).isEqualTo(new Insertion.KeyReused());
        assertThat(insert("t4", null, DIGEST)).isInstanceOf(Insertion.Inserted.class);
        assertThat(store.find("t2")).isEmpty();
    }

    @Test
    void oneBadWriteDoesNotTakeOthersWithIt() {
        insert("t1", null, DIGEST);
        CompletableFuture<Insertion> bad = store.insert(new NewTask(task("t1"), SECRET, DIGEST, null));
        CompletableFuture<Insertion> good = store.insert(new NewTask(task("t2"), SECRET, DIGEST, null));
        assertThat(good.join()).isInstanceOf(Insertion.Inserted.class);
        assertThatThrownBy(bad::join).hasCauseInstanceOf(RbeesException.class);
        assertThat(store.trouble()).isEmpty();
    }

    @Test
    void listsTheNewestFirstByState() {
        insert("t1", null, DIGEST);
        insert("t2", null, DIGEST);
        insert("t3", null, DIGEST);
        finish(completed("t2"));
        assertThat(store.list(null, null, 2)).extracting(Task::id).containsExactly("t3", "t2");
        assertThat(store.list(TaskState.QUEUED, null, 10)).extracting(Task::id).containsExactly("t3", "t1");
    }

    @Test
    void aKeyThatWasUsedIsKnownWithoutAnotherTask() {
        assertThat(store.seenBefore("key", DIGEST)).isEmpty();
        insert("t1", "key", DIGEST);
        assertThat(store.seenBefore("key", DIGEST)).contains(new Insertion.SeenBefore(task("t1")));
        assertThat(store.seenBefore("key", "1".repeat(64))).contains(new Insertion.KeyReused());
    }

    @Test
    void unfinishedTasksComeInPagesInTheOrderOfTheirAcceptance() {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            numbers.add(((Insertion.Inserted) insert("t" + i, null, DIGEST)).number());
        }
        finish(completed("t4"));
        numbers.remove(4);
        assertThat(numbers).isSorted();
        List<Long> walked = new ArrayList<>();
        for (List<Unfinished> page = store.unfinished(0, 4); !page.isEmpty(); page = store
                .unfinished(page.getLast().number(), 4)) {
            assertThat(page).hasSizeLessThanOrEqualTo(4);
            page.forEach(one -> walked.add(one.number()));
        }
        assertThat(walked).isEqualTo(numbers);
    }

    @Test
    void aLongLogIsReadInPagesFromAnywhere() {
        insert("t1", null, DIGEST);
        LoggedEvent[] before = LongStream.rangeClosed(1, 1_000)
                .mapToObj(n -> n == 1
                        ? event(n, "started")
                        : new LoggedEvent(n, "token", n == 500 ? "x".repeat(200_000) : "{\"n\":" + n + "}"))
                .toArray(LoggedEvent[]::new);
        for (LoggedEvent event : before) {
            store.append("t1", event, () -> {
            });
        }
        finish(completed("t1"), before);
        assertThat(store.lastEvent("t1")).isEqualTo(1_001);
        assertThat(store.summary("t1")).isEqualTo(new LogSummary(1_001, 999, true));
        List<LoggedEvent> all = new ArrayList<>(List.of(before));
        all.add(event(1_001, "end"));
        assertThat(events("t1")).isEqualTo(all);
        for (long after : new long[] {1, 255, 256, 498, 499, 500, 700, 1_000}) {
            assertThat(store.events("t1", after, 7)).isNotEmpty().hasSizeLessThanOrEqualTo(7).first()
                    .isEqualTo(all.get((int) after));
        }
        assertThat(store.events("t1", 1_001, 7)).isEmpty();
        assertThat(store.events("nobody", 0, 7)).isEmpty();
        assertThat(store.lastEvent("nobody")).isZero();
        assertThat(store.summary("nobody")).isEqualTo(LogSummary.EMPTY);
    }

    @Test
    void whatHasEndedCanBeDeletedWithItsLogAndItsKey() {
        insert("t1", "key", DIGEST);
        insert("t2", null, DIGEST);
        finish(completed("t1"), event(1, "token"));
        assertThat(store.delete("t1").join()).isTrue();
        assertThat(store.find("t1")).isEmpty();
        assertThat(events("t1")).isEmpty();
        assertThat(insert("t3", "key", "1".repeat(64))).isInstanceOf(Insertion.Inserted.class);
        assertThat(store.delete("t1").join()).isFalse();
        assertThat(store.delete("t2").join()).isFalse();
        assertThat(store.find("t2")).isPresent();
    }

    @Test
    void anUpdateThatComesAfterTheEndChangesNothing() {
        insert("t1", null, DIGEST);
        finish(completed("t1"));
        store.update(task("t1"));
        insert("t2", null, DIGEST);
        assertThat(store.find("t1")).contains(completed("t1"));
        assertThat(unfinished()).extracting(left -> left.task().id()).containsExactly("t2");
    }

    @Test
    void whoeverChangesASessionOverAndOverNeverWaits() {
        for (int turn = 1; turn <= 100_000; turn++) {
            store.remember(new Session("s" + turn % 7, 100L, Duration.ofMinutes(10), turn, 30, NOW));
        }
        reopen();
        assertThat(store.sessions()).hasSize(7).extracting(Session::turns).allMatch(turn -> turn > 100_000 - 7);
    }

    @Test
    void remembersModels() {
        KnownModel newer = new KnownModel("tiny", "1".repeat(64), 256);
        store.remember(new KnownModel("tiny", DIGEST, 128, true, NOW));
        store.remember(newer);
        store.remember(new KnownModel("gone", DIGEST, 128, true, NOW));
        store.forgetModel("gone");
        reopen();
        assertThat(store.models()).containsExactly(newer);
    }

    @Test
    void remembersWhenAModelWasSeenAndForgetsIt() {
        KnownModel seen = new KnownModel("seen", DIGEST, 128, true, Instant.parse("2026-01-01T00:00:00.001Z"));
        store.remember(seen);
        store.remember(new KnownModel("gone", DIGEST, 128));
        store.forgetModel("gone");
        reopen();
        assertThat(store.models()).containsExactly(seen);
    }

    @Test
    void remembersPools() {
        PoolRecord pool = new PoolRecord("cellar", new PoolRegistration("cellar", "10.0.0.5", 2222, "ann", "/opt/rbees/bin",
                Map.of("room", "cellar"), true, true, List.of("ssh-ed25519 AAAA"), "/home/ann/.ssh/key"), false);
        PoolRecord drained = new PoolRecord("local", null, true);
        store.remember(new PoolRecord("cellar", new PoolRegistration("cellar", "before"), true));
        store.remember(pool);
        store.remember(drained);
        store.remember(new PoolRecord("gone", null, true));
        store.forgetPool("gone");
        reopen();
        assertThat(store.pools()).containsExactlyInAnyOrder(pool, drained);
    }

    @Test
    void remembersSessions() {
        Session session = new Session("s1", 100L, Duration.ofMinutes(10), 2, 30, Instant.parse("2026-01-01T00:00:00.001Z"));
        store.remember(session);
        store.remember(new Session("s2", null, Duration.ofMinutes(10), 0, 0, session.lastUse()));
        store.forgetSession("s2");
        reopen();
        assertThat(store.sessions()).containsExactly(session);
    }
}
