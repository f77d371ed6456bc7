package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs({OS.LINUX, OS.MAC})
class DigestMemoryTest {

    @TempDir
    Path root;

    private Path file;
    private Instant now = Instant.now().plus(Duration.ofMinutes(1));
    private int readings;

    @BeforeEach
    void prepare() throws IOException {
        file = Files.writeString(root.resolve("model.gguf"), "weights");
    }

    private String digest() throws IOException {
        return new DigestMemory(root.resolve("notes"), () -> now).of(file, () -> {
            readings++;
            return Integer.toHexString(readings).repeat(64);
        });
    }

    @Test
    void readsAFileThatStaysAsItIsOnce() throws IOException {
        assertThat(digest()).isEqualTo(digest()).isEqualTo("1".repeat(64));
        assertThat(readings).isEqualTo(1);
    }

    @Test
    void readsAFileThatWasChangedWithinItsSizeAndTime() throws IOException {
        FileTime modified = Files.getLastModifiedTime(file);
        digest();
        Files.writeString(file, "WEIGHTS");
        Files.setLastModifiedTime(file, modified);
        assertThat(digest()).isEqualTo("2".repeat(64));
    }

    @Test
    void readsAFileThatTookThePlaceOfAnother() throws IOException {
        digest();
        Path other = Files.writeString(root.resolve("other"), "weights");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(digest()).isEqualTo("2".repeat(64));
    }

    @Test
    void takesNoNoteOfAFileThatHasJustChanged() throws IOException {
        now = Instant.now();
        digest();
        assertThat(digest()).isEqualTo("2".repeat(64));
        assertThat(root.resolve("notes")).doesNotExist();
    }

    @Test
    void readsTheFileWhenTheNoteIsDamaged() throws IOException {
        digest();
        try (var notes = Files.list(root.resolve("notes"))) {
            for (Path note : notes.toList()) {
                Files.writeString(note, "nonsense");
            }
        }
        assertThat(digest()).isEqualTo("2".repeat(64));
    }
}
