package dev.rbees.pool.model;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What tests of a transfer start from: a server with one file, and the folder into which it is fetched. */
abstract class OneFileTransfer {

    @TempDir
    Path folder;

    final byte[] content;
    /** Another version of the file. */
    final byte[] other;
    final ByteArrayOutputStream talk = new ByteArrayOutputStream();
    final AtomicInteger answers = new AtomicInteger();
    RawHttpServer server;
    private HttpGet http;

    OneFileTransfer(int size) {
        content = bytes(size, 1);
        other = bytes(size, 2);
    }

    static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void start() throws Exception {
        server = new RawHttpServer(RawHttpServer.file(content, "\"v1\""));
        http = new HttpGet(Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        server.close();
    }

    Path part() {
        return folder.resolve("model.part");
    }

    Checksum checksum() {
        return Checksum.sha256(Sha256.of(content));
    }

    void fetch(DownloadLimits limits) throws Exception {
        fetch(content.length, checksum(), limits);
    }

    void fetch(long size, Checksum checksum, DownloadLimits limits) throws Exception {
        ProgressLine progress = new ProgressLine(new PrintStream(talk, true, UTF_8), false, Clock.systemUTC());
        new ResumableDownload(http, limits, progress)
                .fetch(new Wanted("m", URI.create(server.url() + "/file"), Map.of(), size, checksum), part(), 0);
    }

    /** Leaves these bytes, as a killed run does. */
    void left(PartFile file, byte[] bytes, String etag, @Nullable Long size) throws Exception {
        file.begin(new PartFile.Origin(server.url() + "/file", etag, size));
        Files.write(file.path(), bytes);
    }

    /** The ranges that were asked for; "" for the whole file. */
    List<String> ranges() {
        return server.requests().stream().map(request -> request.header("Range")).toList();
    }
}
