package dev.rbees.pool.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Files that change on the way, and files of which nobody knows the size. */
class TransferTroubleTest extends OneFileTransfer {

    private static final int SIZE = 300_000;
    private static final DownloadLimits QUICK = new DownloadLimits(3, Duration.ofSeconds(5), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0, _ -> Long.MAX_VALUE);

    TransferTroubleTest() {
        super(SIZE);
    }

    private void fetch(long size, Checksum checksum) throws Exception {
        fetch(size, checksum, QUICK);
    }

    private void half(byte[] bytes, int length, String etag, @Nullable Long size) throws Exception {
        left(new PartFile(part()), Arrays.copyOf(bytes, length), etag, size);
    }

    private static void cut(OutputStream out, byte[] content) throws IOException {
        RawHttpServer.head(out, 200, "Content-Length: " + SIZE);
        out.write(content, 0, 100_000);
    }

    @Test
    void piecesOfTwoVersionsAreFetchedAnewFromTheSameServer() throws Exception {
        server.answerWith((request, out) -> {
            if (answers.getAndIncrement() == 0) {
                cut(out, other);
            } else {
                RawHttpServer.file(content, "W/\"weak\"").answer(request, out);
            }
        });

        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(ranges()).containsExactly("", "bytes=100000-", "");
    }

    @Test
    void aWholeFileOfAnEarlierRunWithWrongBytesIsFetchedAnewOnce() throws Exception {
        half(other, SIZE, "\"v1\"", null);

        fetch(QUICK);

        assertThat(part()).hasBinaryContent(content);
        assertThat(ranges()).containsExactly("");

        half(other, SIZE, "\"v1\"", null);
        server.answerWith(RawHttpServer.file(other, "\"v1\""));
        assertThat(catchThrowableOfType(SourceException.class, () -> fetch(QUICK)).reason())
                .isEqualTo("its file has another SHA-256 than the catalog");
        assertThat(server.requests()).hasSize(2);
        assertThat(part()).doesNotExist();
    }

    @Test
    void aWholeFileOfAnEarlierRunIsNotFetchedAgain() throws Exception {
        half(content, SIZE, "\"v1\"", null);

        fetch(QUICK);

        assertThat(server.requests()).isEmpty();
    }

    @Test
    void theServerTellsASizeThatNobodyKnows() throws Exception {
        server.answerWith((request, out) -> {
            if (answers.getAndIncrement() == 0) {
                cut(out, content);
            } else {
                RawHttpServer.file(content, "\"v1\"").answer(request, out);
            }
        });

        fetch(Wanted.UNKNOWN, Checksum.NONE);

        assertThat(part()).hasBinaryContent(content);
        assertThat(server.requests()).hasSize(2);
        assertThat(new PartFile(part()).origin().size()).isEqualTo(SIZE);
    }

    @Test
    void anAnswerWithoutALengthEndsWhereItEnds() throws Exception {
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200, "Transfer-Encoding: chunked");
            out.write((Integer.toHexString(SIZE) + "\r\n").getBytes(UTF_8));
            out.write(content);
            out.write("\r\n0\r\n\r\n".getBytes(UTF_8));
        });

        fetch(Wanted.UNKNOWN, Checksum.NONE);

        assertThat(part()).hasBinaryContent(content);
    }

    @Test
    void nothingBehindWhatIsHereMeansThatItIsAll() throws Exception {
        half(content, SIZE, "\"v1\"", null);
        server.answerWith((_, out) -> RawHttpServer.head(out, 416, "Content-Range: bytes */" + SIZE, "Content-Length: 0"));

        fetch(Wanted.UNKNOWN, Checksum.NONE);

        assertThat(part()).hasBinaryContent(content);
    }

    @Test
    void aFileOfAnotherSizeThanBeforeIsFetchedAnew() throws Exception {
        half(other, 100_000, "", 200_000L);

        fetch(Wanted.UNKNOWN, Checksum.NONE);

        assertThat(part()).hasBinaryContent(content);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void anEndlessAnswerEndsWhereTheDisksReserveBegins() {
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200);
            for (int i = 0; i < 10_000; i++) {
                out.write(content);
            }
        });
        DownloadLimits filling = new DownloadLimits(1, Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofSeconds(2),
                1_000, _ -> 100_000_000 - (Files.exists(part()) ? Files.size(part()) : 0));

        assertThat(catchThrowableOfType(RbeesException.class, () -> fetch(Wanted.UNKNOWN, Checksum.NONE, filling)).code())
                .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
        assertThat(part().toFile().length()).isLessThan(200_000_000);
    }

    @Test
    void gitsNameOfAFileIsAsGoodAsADigest() throws Exception {
        fetch(SIZE, new Checksum(Checksum.Kind.GIT_BLOB, HubServer.blob(content)));
        assertThat(part()).hasBinaryContent(content);

        Files.delete(part());
        assertThat(catchThrowableOfType(SourceException.class,
                () -> fetch(SIZE, new Checksum(Checksum.Kind.GIT_BLOB, HubServer.blob(other)))).reason())
                .isEqualTo("its file has another git blob id than the catalog");
    }
}
