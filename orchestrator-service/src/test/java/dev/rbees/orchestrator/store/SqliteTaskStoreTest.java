package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.store.TaskStore.NewTask;
import dev.rbees.orchestrator.store.TaskStore.Unfinished;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.worker.KnownModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The record in SQLite. */
class SqliteTaskStoreTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123Z");
    private static final String SECRET = "a prompt that nobody but the worker may see";
    private static final String DIGEST = "0".repeat(64);

    @TempDir
    Path folder;

    private SqliteTaskStore store;

    @BeforeEach
    void open() {
        store = SqliteTaskStore.open(new RbeesHome(folder.resolve("home")));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private static Task task(String id) {
        return TestTasks.fresh(id, NOW);
    }

    private Insertion insert(String id, @Nullable String key, String digest) {
        return store.insert(new NewTask(task(id), SECRET, digest, key)).join();
    }

    private void append(String task, long sequence, String type) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        store.append(task, new LoggedEvent(sequence, type, "{\"n\":" + sequence + "}"), () -> written.complete(null));
        written.join();
    }

    private void finish(Task ended, long sequence) {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        store.finish(ended, new LoggedEvent(sequence, "end", "{}"), () -> durable.complete(null));
        durable.join();
    }

    private static Task completed(String id) {
        return task(id).dispatched("w", null, 0, TestTasks.CHOICE, NOW).running(NOW).completed(
                new TaskEvent.End(1, 0, 2, 3, StopReason.EOS, null),
                NOW);
    }

    @Test
    void whatWasAcceptedIsThereAfterAReopening() {
        assertThat(insert("t1", null, DIGEST)).isEqualTo(new Insertion.Inserted());
        append("t1", 1, "queued");
        reopen();
        List<Unfinished> left = new ArrayList<>();
        store.unfinished(left::add);
        assertThat(left).singleElement().satisfies(one -> {
            assertThat(one.task()).isEqualTo(task("t1"));
            assertThat(one.request()).contains(SECRET);
            assertThat(one.events()).containsExactly(new LoggedEvent(1, "queued", "{\"n\":1}"));
        });
    }

    @Test
    void promptsAreEncryptedWhileTheyAreNeededAndGoneAfterwards() throws IOException {
        insert("t1", null, DIGEST);
        assertNoFileHolds(SECRET);
        finish(completed("t1"), 1);
        List<Unfinished> left = new ArrayList<>();
        store.unfinished(left::add);
        assertThat(left).isEmpty();
        assertThat(store.find("t1")).contains(completed("t1"));
        assertNoFileHolds(SECRET);
    }

    private void assertNoFileHolds(String text) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).doesNotContain(text);
            }
        }
    }

    @Test
    void aPromptOfAnotherTaskOrUnderAnotherKeyCannotBeRead() throws IOException {
        PromptVault vault = PromptVault.open(new RbeesHome(folder.resolve("home")));
        byte[] sealed = vault.seal("t1", SECRET);
        assertThat(vault.open("t1", sealed)).contains(SECRET);
        assertThat(vault.open("t2", sealed)).isEmpty();
        assertThat(vault.open("t1", new byte[3])).isEmpty();
        Path key = folder.resolve("home/keys/prompts.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key))).isEqualTo("rw-------");
        Files.delete(key);
        assertThat(PromptVault.open(new RbeesHome(folder.resolve("home"))).open("t1", sealed)).isEmpty();
        Files.writeString(key, "nonsense");
        assertThatThrownBy(() -> PromptVault.open(new RbeesHome(folder.resolve("home")))).hasMessageContaining("is damaged");
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
        finish(completed("t2"), 1);
        assertThat(store.list(null, 2)).extracting(Task::id).containsExactly("t3", "t2");
        assertThat(store.list(TaskState.QUEUED, 10)).extracting(Task::id).containsExactly("t3", "t1");
    }

    @Test
    void forgetsWhatEndedLongAgo() {
        insert("t1", null, DIGEST);
        insert("t2", null, DIGEST);
        finish(completed("t1"), 1);
        store.purge(NOW);
        append("t2", 1, "queued");
        assertThat(store.find("t1")).isPresent();
        store.purge(NOW.plusMillis(1));
        append("t2", 2, "queued");
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
    void theFileIsItsOwnersAlone() throws IOException {
        insert("t1", null, DIGEST);
        try (var files = Files.list(folder.resolve("home"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            }
        }
    }

    @Test
    void aDamagedFileIsAClearRefusal() throws IOException {
        RbeesHome home = new RbeesHome(folder.resolve("damaged")).open();
        Files.writeString(home.database(), "this is no database, whatever its name says; ".repeat(100));
        assertThatThrownBy(() -> SqliteTaskStore.open(home)).isInstanceOfSatisfying(RbeesException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
            assertThat(failure.userMessage()).contains("cannot open", "damaged");
        });
    }
}
