package dev.rbees.orchestrator.store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.session.Session;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.store.TaskStore.NewTask;
import dev.rbees.orchestrator.store.TaskStore.Unfinished;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.worker.KnownModel;

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
        List<Unfinished> left = new ArrayList<>();
        store.unfinished(left::add);
        return left;
    }

    static Task completed(String id) {
        return task(id).dispatched("w", null, 0, TestTasks.CHOICE, NOW).running(NOW).completed(
                new TaskEvent.End(1, 0, 2, 3, StopReason.EOS, null),
                NOW);
    }

    @Test
    void whatWasAcceptedIsThereAfterAReopening() {
        assertThat(insert("t1", null, DIGEST)).isEqualTo(new Insertion.Inserted());
        append("t1", 1, "queued");
        reopen();
        assertThat(unfinished()).singleElement().satisfies(one -> {
            assertThat(one.task()).isEqualTo(task("t1"));
            assertThat(one.request()).contains(SECRET);
            assertThat(one.events()).containsExactly(event(1, "queued"));
        });
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
        assertThat(unfinished().getFirst().events()).containsExactly(event(1, "queued"));
    }

    @Test
    void theLogOfATaskIsWholeWhenItHasEndedHoweverOftenTheRecordWasOpenedMeanwhile() {
        insert("t1", null, DIGEST);
        append("t1", 1, "queued");
        reopen();
        append("t1", 2, "started");
        append("t1", 3, "token");
        reopen();
        assertThat(unfinished().getFirst().events()).extracting(LoggedEvent::type)
                .containsExactly("queued", "started", "token");
        finish(completed("t1"), event(1, "queued"), event(2, "started"), event(3, "token"));
        assertThat(store.events("t1")).containsExactly(event(1, "queued"), event(2, "started"), event(3, "token"),
                event(4, "end"));
        reopen();
        assertThat(store.events("t1")).hasSize(4);
    }

    @Test
    void anIdempotencyKeyIsGoodForOneRequest() {
        assertThat(insert("t1", "key", DIGEST)).isEqualTo(new Insertion.Inserted());
        assertThat(insert("t2", "key", DIGEST)).isEqualTo(new Insertion.SeenBefore(task("t1")));
        assertThat(insert("t3", "key", "1".repeat(64))).isEqualTo(new Insertion.KeyReused());
        assertThat(insert("t4", null, DIGEST)).isEqualTo(new Insertion.Inserted());
        assertThat(store.find("t2")).isEmpty();
    }

    @Test
    void oneBadWriteDoesNotTakeOthersWithIt() {
        insert("t1", null, DIGEST);
        CompletableFuture<Insertion> bad = store.insert(new NewTask(task("t1"), SECRET, DIGEST, null));
        CompletableFuture<Insertion> good = store.insert(new NewTask(task("t2"), SECRET, DIGEST, null));
        assertThat(good.join()).isEqualTo(new Insertion.Inserted());
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
    void forgetsWhatEndedLongAgo() {
        insert("t1", null, DIGEST);
        insert("t2", null, DIGEST);
        finish(completed("t1"));
        store.purge(NOW);
        insert("t3", null, DIGEST);
        assertThat(store.find("t1")).isPresent();
        store.purge(NOW.plusMillis(1));
        insert("t4", null, DIGEST);
        assertThat(store.find("t1")).isEmpty();
        assertThat(store.events("t1")).isEmpty();
        assertThat(store.find("t2")).isPresent();
    }

    @Test
    void remembersModels() {
        store.remember(new KnownModel("tiny", DIGEST, 128));
        store.remember(new KnownModel("tiny", "1".repeat(64), 256));
        reopen();
        assertThat(store.models()).containsExactly(new KnownModel("tiny", "1".repeat(64), 256));
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
    void remembersSessions() {
        Session session = new Session("s1", 100L, Duration.ofMinutes(10), 2, 30, Instant.parse("2026-01-01T00:00:00.001Z"));
        store.remember(session);
        store.remember(new Session("s2", null, Duration.ofMinutes(10), 0, 0, session.lastUse()));
        store.forgetSession("s2");
        reopen();
        assertThat(store.sessions()).containsExactly(session);
    }
}
