package dev.rbees.service;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What others have a hand in does no harm in the log. */
class CleanAppenderTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private LoggerContext context;
    private Logger log;

    @BeforeEach
    void start() {
        context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%level %msg%n%ex{2}");
        encoder.start();
        OutputStreamAppender<ILoggingEvent> out = new OutputStreamAppender<>();
        out.setContext(context);
        out.setEncoder(encoder);
        out.setOutputStream(written);
        out.start();
        CleanAppender clean = new CleanAppender();
        clean.setContext(context);
        clean.addAppender(out);
        clean.start();
        log = context.getLogger("a.client");
        log.setLevel(Level.INFO);
        log.addAppender(clean);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aLineIsOneLineWithoutControlCharacters() {
        log.warn("GET /\u001b[2J\r\n2026 ERROR forged: {}", "a\nb\u0007\u202ec");
        assertThat(lines()).containsExactly("WARN GET /[2J 2026 ERROR forged: a bc");
    }

    @Test
    void soAreTheMessagesOfWhatWasThrown() {
        log.error("failed", new IllegalStateException("one\n\u001b]0;x", new IllegalArgumentException("two\nforged")));
        assertThat(lines()).anyMatch(line -> line.endsWith("IllegalStateException: one ]0;x"))
                .anyMatch(line -> line.endsWith("IllegalArgumentException: two forged"))
                .noneMatch(line -> line.startsWith("forged"));
    }

    @Test
    void aLongLineIsCut() {
        log.info("x".repeat(100_000));
        assertThat(lines().getFirst()).hasSizeLessThan(2_100).endsWith("…");
    }

    @Test
    void warningsOfOneKindAreBoundedAndTheOthersAreNot() {
        for (int i = 0; i < 10_000; i++) {
            log.warn("malformed {}", i);
        }
        Logger other = context.getLogger("another");
        log.iteratorForAppenders().forEachRemaining(other::addAppender);
        other.error("a person must act");
        assertThat(lines()).hasSize(61).last().isEqualTo("ERROR a person must act");
    }

    @Test
    void aFileThatIsTooLargeBeginsAnew() throws IOException {
        Path file = Files.writeString(folder.resolve("w1.log"), "old ".repeat(100));
        Path facts = Files.writeString(folder.resolve("facts"), "pos:\t0\nflags:\t0102001\n");
        LogFile log = LogFile.behind(Files.createSymbolicLink(folder.resolve("fd"), file), facts, 300).orElseThrow();
        log.bound();
        assertThat(file).isEmptyFile();
        assertThat(folder.resolve("w1.log.1")).hasContent("old ".repeat(100));
        Files.writeString(file, "new");
        log.bound();
        assertThat(file).hasContent("new");
    }

    @Test
    void aStreamThatIsNoFileOrDoesNotAppendIsLeftAlone() throws IOException {
        Path facts = Files.writeString(folder.resolve("facts"), "flags:\t0100001\n");
        assertThat(LogFile.behind(Files.writeString(folder.resolve("w1.log"), ""), facts, 1)).isEmpty();
        assertThat(LogFile.behind(Path.of("/dev/null"), facts, 1)).isEmpty();
        assertThat(LogFile.behind(folder.resolve("none"), facts, 1)).isEmpty();
    }
}
