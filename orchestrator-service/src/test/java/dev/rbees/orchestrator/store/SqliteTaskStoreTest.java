package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.store.TaskStore.Unfinished;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The record in a file. */
class SqliteTaskStoreTest extends RetentionContract {

    @Override
    TaskStore openStore() {
        return SqlTaskStore.open(new RbeesHome(folder.resolve("home")), Optional.empty(), Leading.ALONE, upkeep());
    }

    @Test
    void promptsAreEncryptedWhileTheyAreNeededAndGoneAfterwards() throws IOException {
        insert("t1", null, DIGEST);
        assertNoFileHolds(SECRET);
        finish(completed("t1"));
        assertNoFileHolds(SECRET);
    }

    private void assertNoFileHolds(String text) throws IOException {
        assertThat(filesWith(text)).isEmpty();
    }

    private List<String> filesWith(String text) throws IOException {
        List<String> found = new ArrayList<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                    found.add(file.getFileName().toString());
                }
            }
        }
        return found;
    }

    /** why: among many others of all sizes, so that pages were split and their content was moved. */
    @Test
    void whatWasDeletedIsInNoFileAnyMore() throws IOException {
        String canary = "canary-7a41";
        for (int i = 0; i < 200; i++) {
            insert("t" + i, "key-" + canary + "-" + i, DIGEST);
        }
        store.append("t7", event(1, "queued"), () -> {
        });
        for (int i = 0; i < 100; i++) {
            LoggedEvent said = new LoggedEvent(1, "token", "{\"t\":\"" + (canary + " ").repeat(1 + i * i) + "\"}");
            store.append("t" + (i * 37) % 100 + 100, said, () -> {
            });
        }
        for (int i = 0; i < 100; i++) {
            finish(completed("t" + ((i * 37) % 100 + 100)),
                    new LoggedEvent(1, "token", "{\"t\":\"" + (canary + " ").repeat(1 + i * i) + "\"}"));
        }
        for (int i = 0; i < 100; i++) {
            if (i != 7) {
                finish(completed("t" + i), new LoggedEvent(1, "token", canary));
            }
        }
        assertThat(filesWith(canary)).hasSizeGreaterThanOrEqualTo(2);
        store.delete("t7").join();
        List<CompletableFuture<Boolean>> deletions = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            if (i != 7) {
                deletions.add(store.delete("t" + i));
            }
        }
        assertThat(deletions).allMatch(CompletableFuture::join);
        finish(completed("t7"), event(1, "queued"));
        assertThat(store.delete("t7").join()).isTrue();
        assertNoFileHolds(canary);
    }

    @Test
    void aDeletionLosesNothingOfTasksThatGoOn() {
        insert("t1", null, DIGEST);
        insert("t2", null, DIGEST);
        append("t2", 1, "queued");
        finish(completed("t1"));
        assertThat(store.delete("t1").join()).isTrue();
        append("t2", 2, "started");
        reopen();
        assertThat(events("t2")).containsExactly(event(1, "queued"), event(2, "started"));
    }

    @Test
    void theFileShrinksWhenMuchIsForgotten() throws IOException {
        for (int i = 0; i < 200; i++) {
            insert("t" + i, null, DIGEST);
            finish(completed("t" + i), new LoggedEvent(1, "token", "x".repeat(100_000)));
        }
        reopen();
        Path file = new RbeesHome(folder.resolve("home")).database();
        long full = Files.size(file);
        assertThat(full).isGreaterThan(20_000_000);
        now = NOW.plus(Retention.USUAL.age()).plusMillis(1);
        Waiting.until(() -> file.toFile().length() < 10_000_000);
        assertThat(store.find("t199")).isEmpty();
    }

    @Test
    void aDamagedRecordIsNoFaultOfWhoeverAsks() throws SQLException {
        insert("t1", null, DIGEST);
        insert("t2", null, DIGEST);
        sql("UPDATE tasks SET record = '{' WHERE id = 't1'");
        assertThatThrownBy(() -> store.find("t1")).isInstanceOfSatisfying(RbeesException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL)).hasMessageContaining("damaged");
        assertThat(store.list(null, null, 10)).extracting(Task::id).containsExactly("t2");
        assertThat(store.unfinished(0, 1)).extracting(left -> left.task().id()).containsExactly("t2");
    }

    @Test
    void logsOfAnEarlierVersionAreCutIntoPages() throws SQLException, IOException {
        RbeesHome home = new RbeesHome(folder.resolve("old")).open();
        String url = "jdbc:sqlite:" + home.database();
        Files.createFile(home.database(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Flyway.configure().dataSource(url, null, null).locations("classpath:db/sqlite").target("5").load().migrate();
        List<LoggedEvent> log = new ArrayList<>(LongStream.rangeClosed(1, 3_000)
                .mapToObj(n -> new LoggedEvent(n, "token", "{\"t\":\"ä" + "x".repeat((int) n % 100) + n + "\"}")).toList());
        log.add(event(3_001, "end"));
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement insert = connection.prepareStatement("INSERT INTO logs VALUES (?, ?, ?)");
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO tasks (id, state, record, ended_at, request_sha256) VALUES"
                    + " ('t1', 'COMPLETED', '{}', 1, 'x'), ('t2', 'COMPLETED', '{}', 1, 'x')");
            for (int number = 1; number <= 2; number++) {
                List<LoggedEvent> lines = number == 1 ? log : List.of(event(1, "end"));
                insert.setInt(1, number);
                insert.setInt(2, lines.size());
                insert.setString(3, String.join("\n", lines.stream().map(e -> e.type() + "\t" + e.data()).toList()));
                insert.executeUpdate();
            }
        }
        // why: they ended long ago, and would be forgotten
        retention = new Retention(Duration.ofDays(100_000), Long.MAX_VALUE);
        store.close();
        store = SqlTaskStore.open(home, Optional.empty(), Leading.ALONE, upkeep());
        assertThat(events("t1")).isEqualTo(log);
        assertThat(store.events("t1", 0, 10_000)).hasSizeLessThan(2_000);
        assertThat(events("t2")).containsExactly(event(1, "end"));
    }

    private void sql(String text) throws SQLException {
        try (Connection connection = DriverManager
                .getConnection("jdbc:sqlite:" + new RbeesHome(folder.resolve("home")).database());
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    @Test
    void whatAnIdempotencyKeyIsComparedByTellsNothingOfThePrompt() throws SQLException, IOException {
        insert("t1", null, DIGEST);
        insert("t2", "key", DIGEST);
        assertNoFileHolds(DIGEST);
        sql("UPDATE tasks SET request_sha256 = '" + DIGEST + "' WHERE id = 't2'"); // as of an earlier version
        assertThat(insert("t3", "key", DIGEST)).isEqualTo(new Insertion.SeenBefore(task("t2")));
        assertThat(insert("t3", "key", "1".repeat(64))).isEqualTo(new Insertion.KeyReused());
    }

    @Test
    void twoHundredThousandWaitingTasksAreWalkedInBoundedPages() throws SQLException {
        insert("t0", null, DIGEST);
        sql("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
            INSERT INTO tasks (id, state, record, request, request_sha256)
            SELECT 'u' || i, state, replace(record, '"t0"', '"u' || i || '"'), zeroblob(300), '' FROM tasks, n
            WHERE id = 't0'""");
        long count = 0;
        long last = 0;
        for (List<Unfinished> page = store.unfinished(0, 500); !page.isEmpty(); page = store.unfinished(last, 500)) {
            assertThat(page.size()).isLessThanOrEqualTo(500);
            assertThat(page.getFirst().number()).isGreaterThan(last);
            last = page.getLast().number();
            count += page.size();
        }
        assertThat(count).isEqualTo(200_001);
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
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> PromptVault.open(new RbeesHome(folder.resolve("home")))).hasMessageContaining("is damaged");
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
        Files.setPosixFilePermissions(home.database(), PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> SqlTaskStore.open(home, Optional.empty())).isInstanceOfSatisfying(RbeesException.class,
                failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
                    assertThat(failure.userMessage()).contains("cannot open", "damaged");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"orchestrator.db", "orchestrator.db-wal", "keys/prompts.key", "journal",
        "journal/000000000001.journal",
        "journal/000000000001.journal.damaged"})
    void whatOthersMayReadIsRefusedWithTheCure(String name) throws IOException {
        RbeesHome home = new RbeesHome(folder.resolve("loose"));
        SqlTaskStore.open(home, Optional.empty()).close();
        Path file = home.root().resolve(name);
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        boolean directory = Files.isDirectory(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(directory ? "rwxr-x---" : "rw-r-----"));
        assertThatThrownBy(() -> SqlTaskStore.open(home, Optional.empty())).isInstanceOfSatisfying(RbeesException.class,
                failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.FORBIDDEN);
                    assertThat(failure.userMessage()).contains("chmod " + (directory ? "0700" : "0600"), name);
                });
    }

    @Test
    void aDamagedRowIsAFaultOfOursAndTakesNoOtherWithIt() throws SQLException {
        insert("t1", "key", DIGEST);
        insert("t2", null, DIGEST);
        try (Connection connection = DriverManager
                .getConnection("jdbc:sqlite:" + folder.resolve("home").resolve("orchestrator.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE tasks SET record = '{\"id\": 7' WHERE id = 't1'");
            statement.execute("INSERT INTO sessions (id, record) VALUES ('s1', 'nonsense')");
            statement.execute("INSERT INTO tenants (id, record) VALUES ('x', 'null')");
        }
        assertInternal(() -> store.find("t1"));
        assertThatThrownBy(() -> insert("t3", "key", DIGEST)).satisfies(failure -> assertInternal(() -> {
            throw failure.getCause();
        }));
        assertThat(store.list(null, null, 10)).extracting(Task::id).containsExactly("t2");
        assertThat(unfinished()).extracting(left -> left.task().id()).containsExactly("t2");
        assertThat(store.sessions()).isEmpty();
        assertThat(store.tenants()).isEmpty();
        assertThat(store.trouble()).isEmpty();
        assertThat(insert("t4", null, DIGEST)).isInstanceOf(Insertion.Inserted.class);
    }

    private static void assertInternal(ThrowingCallable reads) {
        assertThatThrownBy(reads).isInstanceOfSatisfying(RbeesException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(failure.userMessage()).contains("damaged").doesNotContain("JSON", "tasks", "t1");
        });
    }
}
