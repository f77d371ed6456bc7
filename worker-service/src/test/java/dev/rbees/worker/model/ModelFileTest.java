package dev.rbees.worker.model;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** hardening S25, S26: no links, no devices, no pipes, nothing without an end. */
class ModelFileTest {

    @TempDir
    Path folder;

    /** Every way to read a file refuses it, and does not wait for it. */
    private static void assertRefused(Path file, String problem) {
        assertRefused(() -> ModelFile.size(file), problem);
        assertContentRefused(file, problem);
    }

    private static void assertRefused(Callable<Object> reading, String problem) {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertThatThrownBy(reading::call)
                .isInstanceOfSatisfying(RbeesException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
                    assertThat(e.userMessage()).contains(problem);
                }));
    }

    @Test
    void readsRegularFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), "{}");
        assertThat(ModelFile.isThere(file)).isTrue();
        assertThat(ModelFile.size(file)).isEqualTo(2);
        assertThat(ModelFile.bytes(file, 2)).containsExactly('{', '}');
        try (Arena arena = Arena.ofConfined()) {
            assertThat(ModelFile.map(file, arena).byteSize()).isEqualTo(2);
        }
        assertThat(ModelFile.isThere(folder.resolve("other"))).isFalse();
        assertRefused(folder.resolve("other"), "no regular file other");
    }

    @Test
    void refusesLinksWhereverTheyLead() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "s");
        for (Path target : new Path[] {secret, Path.of("secret"), Path.of("/dev/zero"), folder.resolve("nothing")}) {
            Path link = Files.createSymbolicLink(folder.resolve("link"), target);
            assertThat(ModelFile.isThere(link)).isTrue();
            assertRefused(link, "link is a link, which is not allowed");
            Files.delete(link);
        }
    }

    @Test
    void refusesWhatIsNoRegularFile() {
        assertRefused(folder, "is no regular file");
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/zero")), "there is no /dev/zero here");
        assertRefused(Path.of("/dev/zero"), "zero is no regular file");
    }

    @Test
    void doesNotWaitForAPipe() throws IOException, InterruptedException {
        Path pipe = folder.resolve("tokenizer.json");
        int made;
        try {
            made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        } catch (IOException e) {
            made = -1;
        }
        Assumptions.assumeTrue(made == 0, "there is no mkfifo here");
        assertRefused(pipe, "tokenizer.json is no regular file");
    }

    private static final String POINTER = "version https://lfs.example/spec/v1\noid sha256:" + "0f".repeat(32)
            + "\nsize 91\n";

    @Test
    void saysWhatLiesInThePlaceOfAFileThatWasNotFetched() throws IOException {
        Path file = folder.resolve("m.gguf");
        Files.writeString(file, POINTER);
        assertContentRefused(file, "m.gguf is a pointer of Git's large-file storage");
        Files.writeString(file, "\uFEFF \r\n<!DOCTYPE html><html></html>" + " ".repeat(100));
        assertContentRefused(file, "m.gguf is a web page");
        Files.writeString(file, "<HTML lang=\"en\">");
        assertContentRefused(file, "m.gguf is a web page");
        for (String other : new String[] {"", "version 7", "<htm", "{\"a\":\"<html>\"}", POINTER.substring(1)}) {
            Files.writeString(file, other);
            assertThat(ModelFile.bytes(file, 1000)).asString(StandardCharsets.UTF_8).isEqualTo(other);
        }
    }

    private static void assertContentRefused(Path file, String problem) {
        assertRefused(() -> ModelFile.bytes(file, 1000), problem);
        assertRefused(() -> {
            ModelFile.stream(file, 1000).close();
            return 0;
        }, problem);
        assertRefused(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return ModelFile.map(file, arena);
            }
        }, problem);
        assertRefused(() -> {
            ModelFile.requireFetched(file);
            return 0;
        }, problem);
    }

    @Test
    void refusesMoreBytesThanAllowedAndReadsNotBeyondWhatItSaw() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "12345");
        assertThatThrownBy(() -> ModelFile.bytes(file, 4)).hasMessageContaining("has 5 bytes, more than 4");
        try (InputStream in = ModelFile.stream(file, 5)) {
            Files.writeString(file, "67890", StandardOpenOption.APPEND);
            assertThat(in.read()).isEqualTo('1');
            assertThat(in.readAllBytes()).containsExactly('2', '3', '4', '5');
            assertThat(in.read()).isEqualTo(-1);
        }
    }
}
