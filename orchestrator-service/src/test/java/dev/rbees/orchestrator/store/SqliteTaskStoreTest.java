package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.task.Task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The record in a file. */
class SqliteTaskStoreTest extends TaskStoreContract {

    @Override
    TaskStore openStore() {
        return SqlTaskStore.open(new RbeesHome(folder.resolve("home")), Optional.empty());
    }

    @Test
    void promptsAreEncryptedWhileTheyAreNeededAndGoneAfterwards() throws IOException {
        insert("t1", null, DIGEST);
        assertNoFileHolds(SECRET);
        finish(completed("t1"));
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
                    assertThat(failure.userMessage()).contains("chmod " + (directory ? "700" : "600"), name);
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
        assertThat(insert("t4", null, DIGEST)).isEqualTo(new Insertion.Inserted());
    }

    private static void assertInternal(ThrowingCallable reads) {
        assertThatThrownBy(reads).isInstanceOfSatisfying(RbeesException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(failure.userMessage()).contains("damaged").doesNotContain("JSON", "tasks", "t1");
        });
    }
}
