package dev.rbees.pool.model;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Models whose digests nobody knew before they came. */
class UnknownDigestsTest {

    private static final DownloadLimits QUICK = new DownloadLimits(2, Duration.ofSeconds(5), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0, _ -> Long.MAX_VALUE);
    private static final CatalogModel OF_VERSION = new CatalogModel("tiny", "Tiny", "gguf", "llama", "Q4_K_M", List.of(),
            "MIT", 2048, List.of("hf:org/repo:Q4_K_M"), 1_000L, 2_000L, null, null);

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private final ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
            false, Clock.systemUTC());
    private HubServer hub;
    private RbeesHome home;

    @BeforeEach
    void start() throws Exception {
        hub = new HubServer();
        home = new RbeesHome(folder.resolve("home")).open();
    }

    @AfterEach
    void stop() throws Exception {
        hub.close();
    }

    private LocalCatalog catalog() {
        return new LocalCatalog(home, new Catalog(List.of(OF_VERSION)));
    }

    private ModelStore store() {
        return new ModelStore(home, catalog());
    }

    private Map<String, String> environment() {
        return Map.of("HF_ENDPOINT", hub.url(), "HF_HOME", folder.resolve("hub-tools").toString(), "OLLAMA_MODELS",
                folder.resolve("ollama").toString());
    }

    private ModelDownloads downloads() {
        return new ModelDownloads(home, catalog(), environment(), said::add, progress, QUICK);
    }

    private ModelEntry download(String typed) {
        CatalogModel model = new ModelReferences(catalog(), new ModelStore(home, catalog()),
                new ModelImport(catalog(), downloads(), progress), environment(),
                said::add, progress, QUICK).resolve(typed);
        return downloads().download(model.id(), false);
    }

    private RbeesException refusal(String typed) {
        return catchThrowableOfType(RbeesException.class, () -> download(typed));
    }

    @Test
    void aModelOfTheVersionIsNotedAtItsFirstDownloadAndHeldToThatFromThenOn() throws Exception {
        hub.with("Tiny-Q4_K_M.gguf", GgufBytes.ofModel());
        assertThat(store().require("tiny")).satisfies(before -> {
            assertThat(before.sha256()).isNull();
            assertThat(before.digestOrigin()).isNull();
            assertThat(before.sizeBytes()).isEqualTo(1_000);
            assertThat(before.downloaded()).isFalse();
        });

        ModelEntry entry = download("tiny");

        String digest = Sha256.of(GgufBytes.ofModel());
        assertThat(entry.sha256()).isEqualTo(digest);
        assertThat(entry.digestOrigin()).isEqualTo(DigestOrigin.SOURCE);
        assertThat(home.modelsLock()).hasContent(digest + "  tiny/Tiny-Q4_K_M.gguf");
        assertThat(store().require("tiny")).isEqualTo(entry);
        assertThat(said).containsExactly(
                "tiny is complete, and its SHA-256 is noted; nobody but its source says that it is the right one");

        Path file = Path.of(String.valueOf(entry.path()));
        Files.delete(file);
        Files.write(file, new byte[GgufBytes.ofModel().length]);
        assertThat(store().verify("tiny", progress)).noneMatch(FileCheck::ok);
        downloads().download("tiny", true);
        assertThat(file).hasBinaryContent(GgufBytes.ofModel());
    }

    @Test
    void aFolderComesWithAllItsFilesEachCheckedByWhatTheHubTells() throws Exception {
        hub.with("config.json", "{\"model_type\":\"llama\",\"max_position_embeddings\":512,\"torch_dtype\":\"float16\"}")
                .with("tokenizer.json", "{}").with("model.safetensors", "weights").with("README.md", "no");

        ModelEntry entry = download("hf.co/org/repo");

        assertThat(entry.id()).isEqualTo("repo");
        assertThat(entry).extracting(ModelEntry::format, ModelEntry::architecture, ModelEntry::quantization,
                ModelEntry::contextLength).containsExactly("safetensors", "llama", "F16", 512);
        assertThat(home.modelsLock()).content().contains("repo/config.json", "repo/tokenizer.json", "repo/model.safetensors")
                .doesNotContain("README");
        assertThat(Path.of(String.valueOf(entry.path()))).isEqualTo(home.model("repo"));
        assertThat(store().verify("repo", progress)).hasSize(3).allMatch(FileCheck::ok);
    }

    @Test
    void aSmallFileThatIsNotTheOneTheHubNamesIsRefused() {
        hub.with("config.json", "{}").with("model.safetensors", "weights");
        RawHttpServer.Handler wrong = RawHttpServer.file("[]".getBytes(UTF_8), "\"x\"");
        hub.storage.answerWith(wrong);

        assertThat(refusal("hf.co/org/repo")).hasMessageContaining("another git blob id");
    }

    @Test
    void aFileOfAnyAddressIsHeldToWhatCameFirst() throws Exception {
        hub.storage.answerWith(RawHttpServer.file(GgufBytes.ofModel(), "\"1\""));

        ModelEntry entry = download(hub.storage.url() + "/models/My%20Model.Q4_K_M.gguf?x=1");

        assertThat(entry.id()).isEqualTo("My-Model.Q4_K_M");
        assertThat(entry.digestOrigin()).isEqualTo(DigestOrigin.FIRST_DOWNLOAD);
        assertThat(entry).extracting(ModelEntry::quantization, ModelEntry::contextLength).containsExactly("Q4_K_M", 2048);
        hub.storage.answerWith(RawHttpServer.file(new GgufBytes().text("general.name", "other").toBytes(), "\"2\""));
        assertThat(catchThrowableOfType(RbeesException.class, () -> downloads().download(entry.id(), true)))
                .isNotNull();
        assertThat(store().requireDownloaded(entry.id()).sha256()).isEqualTo(Sha256.of(GgufBytes.ofModel()));
    }

    @Test
    void thePartsOfOneFileComeTogetherByTheNameOfOneOfThem() throws Exception {
        hub.with("q/m-Q4_0-00001-of-00002.gguf", GgufBytes.ofModel()).with("q/m-Q4_0-00002-of-00002.gguf",
                GgufBytes.ofModel());

        ModelEntry ofHub = download("hf:org/repo::q/m-Q4_0-00002-of-00002.gguf");
        assertThat(ofHub.source()).isEqualTo("hf:org/repo@" + HubServer.COMMIT + "::q/");
        assertThat(ofHub.path()).endsWith("m-Q4_0/m-Q4_0-00001-of-00002.gguf");

        ModelEntry ofAddress = download(hub.storage.url() + "/q/m-Q4_0-00001-of-00002.gguf");
        assertThat(ofAddress.id()).isEqualTo("127.0.0.1-m-Q4_0");
        assertThat(store().verify(ofAddress.id(), progress)).hasSize(2).allMatch(FileCheck::ok);
        assertThat(download(hub.storage.url() + "/q/m-Q4_0-00001-of-00002.gguf").id()).isEqualTo(ofAddress.id());
    }

    @Test
    void oneFileOfAFolderIsNoModel() {
        assertThat(refusal("https://huggingface.co/org/repo/blob/main/model.safetensors"))
                .hasMessage(
                        "model.safetensors is no .gguf file, which alone is a whole model; name its repository: hf.co/org/repo");
        assertThat(refusal("https://host.example/model.onnx").code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal("maven:org.example:models:1!model.onnx").code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void whatOllamaHasIsCopied() throws Exception {
        String digest = Sha256.of(GgufBytes.ofModel());
        Path manifest = folder.resolve("ollama/manifests/registry.ollama.ai/library/tiny/1b");
        Files.createDirectories(manifest.getParent());
        Files.writeString(manifest,
                "{\"layers\":[{\"mediaType\":\"application/vnd.ollama.image.model\",\"digest\":\"sha256:" + digest
                        + "\",\"size\":" + GgufBytes.ofModel().length + "}]}");
        Path blob = Files.createDirectories(folder.resolve("ollama/blobs")).resolve("sha256-" + digest);
        Files.write(blob, GgufBytes.ofModel());

        ModelEntry entry = download("ollama:tiny:1b");

        assertThat(entry.id()).isEqualTo("tiny-1b");
        assertThat(entry.source()).isEqualTo("ollama:tiny:1b");
        assertThat(Path.of(String.valueOf(entry.path()))).hasBinaryContent(GgufBytes.ofModel());
        Files.write(blob, new byte[GgufBytes.ofModel().length]);
        assertThat(catchThrowableOfType(RbeesException.class, () -> downloads().download(entry.id(), true)))
                .hasMessageContaining("its file of the weights is damaged");
        assertThat(refusal("ollama:other")).hasMessageContaining("run: ollama pull other:latest");
    }

    @Test
    void aWebPageOrAPointerInPlaceOfWeightsIsNamed() {
        hub.storage.answerWith(RawHttpServer.file("<!doctype html><html>sign in".getBytes(UTF_8), "\"1\""));
        assertThat(refusal(hub.storage.url() + "/page.gguf")).hasMessageContaining("page.gguf is a web page");

        hub.storage.answerWith(RawHttpServer.file(
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".getBytes(UTF_8), "\"1\""));
        assertThat(refusal(hub.storage.url() + "/pointer.gguf")).hasMessageContaining("pointer of Git's large-file storage");

        hub.storage.answerWith(RawHttpServer.file("something".getBytes(UTF_8), "\"1\""));
        assertThat(refusal(hub.storage.url() + "/other.gguf")).hasMessageContaining("other.gguf is no GGUF file");

        hub.storage.answerWith((_, out) -> RawHttpServer.head(out, 404, "Content-Length: 0"));
        assertThat(refusal(hub.storage.url() + "/missing.gguf").code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(catalog().all().find("missing")).isEmpty();
        assertThat(store().downloaded()).isEmpty();
    }
}
