package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;

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
        assertThatThrownBy(() -> SqlTaskStore.open(home, Optional.empty())).isInstanceOfSatisfying(RbeesException.class,
                failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
                    assertThat(failure.userMessage()).contains("cannot open", "damaged");
                });
    }
}
