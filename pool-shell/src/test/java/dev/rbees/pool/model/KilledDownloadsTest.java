package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

import static org.assertj.core.api.Assertions.assertThat;

/** A download is a process that may be killed at any point. */
class KilledDownloadsTest {

    private static final int KILLS = 50;
    private static final int SIZE = 4_000_000;
    private static final int PIECE = 8_000;
    private static final DownloadLimits FOUR = new DownloadLimits(6, Duration.ofSeconds(30), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0, _ -> Long.MAX_VALUE, new DownloadLimits.Parallel(1_000_000, 4, 200_000));

    @TempDir
    Path folder;

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final byte[] content = new byte[SIZE];
    private final AtomicLong served = new AtomicLong();
    private RawHttpServer hub;

    @BeforeEach
    void start() throws Exception {
        random.nextBytes(content);
        RawHttpServer.Handler honest = RawHttpServer.file(content, "\"v1\"");
        hub = new RawHttpServer((request, out) -> honest.answer(request,
                // why: slow enough to be killed on the way
                new SlowStream(out, PIECE, Duration.ofNanos(500_000), served::addAndGet)));
    }

    @AfterEach
    void stop() throws Exception {
        hub.close();
    }

    private Path target() {
        return folder.resolve("home/models/tiny/tiny.gguf");
    }

    private Process download() throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), One.class.getName(),
                folder.resolve("home").toString(), hub.url(), Sha256.of(content)).redirectErrorStream(true)
                .redirectOutput(folder.resolve("talk").toFile()).start();
    }

    @Test
    void fiftyKillsAtRandomPointsEndInTheRightFile() throws Exception {
        int unfinished = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            // why: every third meets what comes after the last byte, which is checking and moving
            long point = served.get() + random.nextLong(SIZE / 16) + (kill % 3 == 0 ? SIZE : 0);
            Process process = download();
            while (process.isAlive() && served.get() < point) {
                LockSupport.parkNanos(200_000);
            }
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            if (Files.exists(target())) {
                assertThat(Sha256.of(target())).as("seed %d, kill %d", seed, kill).isEqualTo(Sha256.of(content));
                Folders.delete(folder.resolve("home/models"));
                Files.deleteIfExists(folder.resolve("home/models.lock"));
            } else {
                unfinished++;
            }
        }

        Process last = download();
        assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue()).as("seed %d: %s", seed, Files.readString(folder.resolve("talk"))).isZero();
        assertThat(target()).hasBinaryContent(content);
        assertThat(unfinished).isGreaterThan(KILLS / 2);
    }

    /** Downloads one model: home, hub, digest. */
    static final class One {
        public static void main(String[] args) {
            CatalogModel model = new CatalogModel("tiny", "Tiny", "gguf", "llama", "Q4_1",
                    List.of(new ModelFile("tiny.gguf", SIZE, args[2])), "MIT", 128, List.of("hf:org/repo::tiny.gguf"));
            RbeesHome home = new RbeesHome(Path.of(args[0]));
            new ModelDownloads(home, new LocalCatalog(home, new Catalog(List.of(model))),
                    Map.of("HF_ENDPOINT", args[1], "HF_HOME", args[0]), System.out::println,
                    new ProgressLine(System.out, false, Clock.systemUTC()), FOUR).download("tiny", false);
        }
    }
}
