package dev.rbees.pool.model;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ParallelTransferTest extends OneFileTransfer {

    private static final int SIZE = 1_050_000;
    private static final int CHUNK = 100_000;
    private static final DownloadLimits FOUR = new DownloadLimits(3, Duration.ofSeconds(5), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0, _ -> Long.MAX_VALUE, new DownloadLimits.Parallel(SIZE, 4, CHUNK));

    ParallelTransferTest() {
        super(SIZE);
    }

    @Test
    void severalConnectionsBringChunksAtATime() throws Exception {
        CountDownLatch together = new CountDownLatch(4);
        RawHttpServer.Handler honest = RawHttpServer.file(content, "\"v1\"");
        server.answerWith((request, out) -> {
            if (answers.getAndIncrement() > 0) {
                together.countDown();
                await(together);
            }
            honest.answer(request, out);
        });

        fetch(FOUR);

        assertThat(together.getCount()).isZero();
        assertThat(part()).hasBinaryContent(content);
        assertThat(ranges()).hasSize(12).startsWith("bytes=0-0").contains("bytes=0-99999", "bytes=1000000-1049999");
        assertThat(folder).isDirectoryNotContaining(file -> file.toString().contains(".at-"));
        assertThat(talk.toString(UTF_8)).contains("m: 100% (1.1 MB of 1.1 MB)");
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("nobody else came");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void whatAnEarlierRunLeftIsUsed() throws Exception {
        PartFile part = new PartFile(part());
        left(part, Arrays.copyOf(content, 150_000), "\"v1\"", null);
        left(part.piece(100_000), Arrays.copyOfRange(content, 100_000, 200_000), "\"v1\"", null);
        left(part.piece(300_000), Arrays.copyOfRange(content, 300_000, 400_000), "\"v1\"", null);
        left(part.piece(400_000), Arrays.copyOfRange(content, 400_000, 420_000), "\"v1\"", null);
        left(part.piece(500_000), new byte[100_000], "\"v0\"", null);

        fetch(FOUR);

        assertThat(part()).hasBinaryContent(content);
        assertThat(ranges()).contains("bytes=150000-199999", "bytes=420000-499999", "bytes=500000-599999")
                .doesNotContain("bytes=300000-399999").noneMatch(range -> range.startsWith("bytes=400000"));
        assertThat(ranges()).hasSize(1 + 9);
    }

    @Test
    void aServerWithoutRangesGivesItByOneConnection() throws Exception {
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200, "Content-Length: " + SIZE);
            out.write(content);
        });

        fetch(FOUR);

        assertThat(part()).hasBinaryContent(content);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void aServerThatWantsFewerConnectionsGetsOne() throws Exception {
        AtomicInteger open = new AtomicInteger();
        RawHttpServer.Handler honest = RawHttpServer.file(content, "\"v1\"");
        server.answerWith((request, out) -> {
            try {
                if (open.incrementAndGet() > 1) {
                    RawHttpServer.head(out, 403, "Content-Length: 0");
                } else {
                    honest.answer(request, new SlowStream(out, 10_000, Duration.ofNanos(100_000), _ -> {
                    }));
                }
            } finally {
                open.decrementAndGet();
            }
        });

        fetch(FOUR);

        assertThat(part()).hasBinaryContent(content);
    }

    @Test
    void cutAndBusyConnectionsAreTriedAgain() throws Exception {
        RawHttpServer.Handler honest = RawHttpServer.file(content, "\"v1\"");
        server.answerWith((request, out) -> {
            switch (answers.getAndIncrement() % 5) {
                case 2 -> RawHttpServer.head(out, 503, "Retry-After: 0");
                case 4 -> RawHttpServer.head(out, 206, "ETag: \"v1\"", "Content-Length: 100000",
                        "Content-Range: bytes 0-99999/" + SIZE);
                default -> honest.answer(request, out);
            }
        });

        fetch(FOUR);

        assertThat(part()).hasBinaryContent(content);
    }

    @Test
    void aVersionThatChangesOnTheWayIsNeverMixed() throws Exception {
        server.answerWith((request, out) -> {
            boolean early = answers.getAndIncrement() < 5;
            RawHttpServer.file(early ? other : content, early ? "\"v0\"" : "\"v1\"").answer(request, out);
        });

        fetch(FOUR);

        assertThat(part()).hasBinaryContent(content);
    }

    @Test
    void aChangeThatNoTagTellsIsFoundByTheDigest() throws Exception {
        server.answerWith((request, out) -> RawHttpServer.file(answers.getAndIncrement() < 5 ? other : content, "W/\"x\"")
                .answer(request, out));

        fetch(FOUR);

        assertThat(part()).hasBinaryContent(content);
    }

    @Test
    void veryLargeFilesComeInLargerChunks() {
        DownloadLimits.Parallel usual = DownloadLimits.DEFAULT.parallel();

        assertThat(usual.chunkOf(100_000_000)).isEqualTo(16L << 20);
        assertThat(usual.chunkOf(20_000_000_000L)).isEqualTo(48L << 20);
        assertThat(usual.chunkOf(1_000_000_000_000L)).isEqualTo(128L << 20);
        assertThat(usual.chunkOf(Wanted.UNKNOWN)).isPositive();
    }

    @Test
    void aFullDiskIsToldAsOne() {
        DownloadLimits full = new DownloadLimits(3, Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofSeconds(2), 0,
                _ -> SIZE, FOUR.parallel());

        assertThat(catchThrowableOfType(RbeesException.class, () -> fetch(full)).code())
                .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
        assertThat(server.requests()).isEmpty();
    }
}
