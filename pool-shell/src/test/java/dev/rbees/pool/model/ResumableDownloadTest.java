package dev.rbees.pool.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ResumableDownloadTest extends OneFileTransfer {

    private static final int SIZE = 300_000;
    private static final DownloadLimits QUICK = new DownloadLimits(3, Duration.ofMillis(300), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0,
            _ -> Long.MAX_VALUE);

    ResumableDownloadTest() {
        super(SIZE);
    }

    private String refusal() {
        return catchThrowableOfType(SourceException.class, () -> fetch(QUICK)).reason();
    }

    /** Leaves the beginning of the file, as a killed run does. */
    private void half(String etag, byte[] bytes) throws Exception {
        left(new PartFile(part()), Arrays.copyOf(bytes, 100_000), etag, null);
    }

    @Test
    void downloadsAFileWithALineForEachTenth() throws Exception {
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(talk.toString(UTF_8)).contains("m: 10% (").contains("m: 100% (300.0 kB of 300.0 kB)");
    }

    @Test
    void goesOnWhereAnEarlierRunStopped() throws Exception {
        half("\"v1\"", content);
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.header("Range")).isEqualTo("bytes=100000-");
            assertThat(request.header("If-Range")).isEqualTo("\"v1\"");
        });
        assertThat(talk.toString(UTF_8)).contains("going on at 100.0 kB of 300.0 kB");
    }

    @Test
    void beginsAnewWhenTheFileHasAnotherTag() throws Exception {
        half("\"v0\"", other);
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void beginsAnewWhenTheTagOfARestDiffersAlthoughItWasSent() throws Exception {
        half("\"v0\"", other);
        RawHttpServer.Handler honest = RawHttpServer.file(content, "\"v1\"");
        server.answerWith((request, out) -> {
            Map<String, String> without = new TreeMap<>(request.headers());
            without.remove("if-range");
            honest.answer(new RawHttpServer.Request(request.path(), without), out);
        });
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void takesTheWholeFileWhenTheServerKnowsNoRanges() throws Exception {
        half("\"v1\"", content);
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200, "Content-Length: " + SIZE);
            out.write(content);
        });
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
    }

    @Test
    void beginsAnewWhenTheServerHasNoSuchRange() throws Exception {
        half("", content);
        server.answerWith((request, out) -> {
            if (request.header("Range").isEmpty()) {
                RawHttpServer.file(content, "\"v1\"").answer(request, out);
            } else {
                RawHttpServer.head(out, 416);
            }
        });
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
    }

    @Test
    void beginsAnewWhenTheResumedBytesWereThoseOfAnotherFile() throws Exception {
        half("\"v1\"", other);
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void doesNotUseBytesThatCameFromAnotherAddress() throws Exception {
        new PartFile(part()).begin(new PartFile.Origin("http://elsewhere/file", "\"v1\"", null));
        Files.write(part(), bytes(5_000, 3));
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(server.requests().getFirst().header("Range")).isEmpty();
    }

    @Test
    void triesAgainWhenTheConnectionBreaksInTheMiddle() throws Exception {
        RawHttpServer.Handler honest = RawHttpServer.file(content, "\"v1\"");
        server.answerWith((request, out) -> {
            OutputStream cut = answers.incrementAndGet() > 2 ? out : new CutStream(out, 120_000);
            honest.answer(request, cut);
        });
        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(ranges()).satisfiesExactly(first -> assertThat(first).isEmpty(),
                second -> assertThat(second).isNotEmpty(),
                third -> assertThat(third).isNotEmpty());
    }

    @Test
    void givesUpAfterSomeTriesThatBringLittle() throws Exception {
        RawHttpServer.Handler honest = RawHttpServer.file(content, "\"v1\"");
        server.answerWith((request, out) -> honest.answer(request, new CutStream(out, 400)));

        assertThat(refusal()).contains("connection broke");
        assertThat(server.requests()).hasSize(3);
        assertThat(part()).exists();
    }

    @Test
    void endsATransferThroughWhichNothingComes() {
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200, "Content-Length: " + SIZE);
            out.write(content, 0, 1000);
            out.flush();
            try {
                Thread.sleep(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(refusal()).contains("nothing came");
    }

    @Test
    void neverKeepsMoreBytesThanTheFileHas() throws Exception {
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200);
            for (int i = 0; i < 10_000; i++) {
                out.write(content);
            }
        });

        assertThat(refusal()).contains("sends more than the file has");
        assertThat(Files.size(part())).isLessThanOrEqualTo(SIZE);
    }

    @Test
    void refusesASizeOtherThanTheCatalogs() throws Exception {
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200, "Content-Length: 299999");
            out.write(content, 0, 299_999);
        });
        assertThat(refusal()).contains("has 299999 bytes instead of 300000");

        half("", content);
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 206, "Content-Range: bytes 100000-399999/400000", "Content-Length: 300000");
            out.write(content);
        });
        assertThat(refusal()).contains("has 400000 bytes instead of 300000");
    }

    @Test
    void refusesARestThatBeginsElsewhere() throws Exception {
        half("", content);
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 206, "Content-Range: bytes 5-299999/300000", "Content-Length: 299995");
            out.write(content, 5, 299_995);
        });

        assertThat(refusal()).contains("another part of the file");
    }

    @Test
    void refusesAndDeletesAFileWithAnotherDigest() {
        server.answerWith(RawHttpServer.file(bytes(SIZE, 9), "\"v1\""));

        assertThat(refusal()).contains("another SHA-256");
        assertThat(part()).doesNotExist();
    }

    @Test
    void refusesAnEncodingThatWasNotAskedFor() {
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200, "Content-Encoding: gzip", "Content-Length: 300000");
            out.write(content);
        });

        assertThat(refusal()).contains("encoding");
    }

    @Test
    void passesOnWhatTheServerRefuses() {
        server.answerWith((_, out) -> RawHttpServer.head(out, 404));
        assertThat(refusal()).isEqualTo("HTTP 404");

        server.answerWith((_, out) -> RawHttpServer.head(out, 503));
        assertThat(refusal()).isEqualTo("HTTP 503");
    }

    @Test
    void triesNothingElseWhenThereIsNoConnectionAtAll() throws Exception {
        server.close();

        assertThat(refusal()).isEqualTo("no connection");
    }

    @Test
    void needsRoomForTheFileAndAReserve() {
        DownloadLimits full = new DownloadLimits(3, Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofSeconds(2),
                1_000_000, _ -> 1_200_000);

        RbeesException failure = catchThrowableOfType(RbeesException.class, () -> fetch(full));

        assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
        assertThat(failure).hasMessageContaining("not enough room").hasMessageContaining("300.0 kB are needed")
                .hasMessageContaining("1.2 MB are free");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void saysThatTheDiskCannotBeWritten() throws Exception {
        Files.createDirectories(part().resolve("a-folder-in-the-way"));

        assertThat(catchThrowableOfType(RbeesException.class, () -> fetch(QUICK)).code())
                .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    }

    /** Breaks after so many bytes. */
    private static final class CutStream extends OutputStream {
        private final OutputStream out;
        private int left;

        CutStream(OutputStream out, int left) {
            this.out = out;
            this.left = left;
        }

        @Override
        public void write(int b) throws IOException {
            if (left-- <= 0) {
                throw new IOException("cut");
            }
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            int now = Math.min(count, left);
            out.write(bytes, from, now);
            left -= now;
            if (now < count) {
                out.flush();
                throw new IOException("cut");
            }
        }
    }
}
