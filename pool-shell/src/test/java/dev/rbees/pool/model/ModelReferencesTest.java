package dev.rbees.pool.model;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ModelReferencesTest {

    private static final DownloadLimits QUICK = new DownloadLimits(3, Duration.ofSeconds(5), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0, _ -> Long.MAX_VALUE);

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
            false, Clock.systemUTC());
    private HubServer hub;
    private RbeesHome home;

    @BeforeEach
    void start() throws Exception {
        hub = new HubServer();
        home = new RbeesHome(folder.resolve("home")).open();
        environment.put("HF_ENDPOINT", hub.url());
        environment.put("HF_HOME", folder.resolve("hub-tools").toString());
    }

    @AfterEach
    void stop() throws Exception {
        hub.close();
    }

    private LocalCatalog catalog() {
        return new LocalCatalog(home, Catalog.builtIn());
    }

    private ModelDownloads downloads() {
        return new ModelDownloads(home, catalog(), environment, said::add, progress, QUICK);
    }

    private ModelReferences references() {
        return new ModelReferences(catalog(), new ModelStore(home, catalog()),
                new ModelImport(catalog(), downloads(), progress), environment, said::add,
                progress, QUICK);
    }

    private RbeesException refusal(String typed) {
        return catchThrowableOfType(RbeesException.class, () -> references().resolve(typed));
    }

    private static byte[] gguf(String name) {
        return new GgufBytes().text("general.architecture", "llama").text("general.name", name)
                .number("general.file_type", 15).number("llama.context_length", 2048).toBytes();
    }

    private void twoQuantisations() {
        hub.with("README.md", "# repo").with("Tiny-Q8_0.gguf", gguf("eight")).with("Tiny-Q4_K_M.gguf", gguf("four"))
                .with("mmproj-Tiny-F16.gguf", gguf("eyes"))
                .telling("\"cardData\":{\"license\":\"mit\"},\"gguf\":{\"architecture\":\"llama\",\"context_length\":4096}");
    }

    @Test
    void aRepositoryIsPinnedToItsCommitAndGetsAReadableName() {
        twoQuantisations();

        CatalogModel model = references().resolve("hf.co/org/repo");

        assertThat(model.id()).isEqualTo("Tiny-Q4_K_M");
        assertThat(model.sources()).containsExactly("hf:org/repo@" + HubServer.COMMIT + "::Tiny-Q4_K_M.gguf");
        assertThat(model.files()).containsExactly(
                new ModelFile("Tiny-Q4_K_M.gguf", gguf("four").length, Sha256.of(gguf("four"))));
        assertThat(model).extracting(CatalogModel::licence, CatalogModel::architecture, CatalogModel::contextLength,
                CatalogModel::quantization).containsExactly("mit", "llama", 4096, "Q4_K_M");
        assertThat(said).containsExactly("hf.co/org/repo is model Tiny-Q4_K_M from now on");
        assertThat(catalog().all().find("Tiny-Q4_K_M")).contains(model);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf.co/org/repo:q8_0", "https://huggingface.co/org/repo:Q8_0", "huggingface.co/org/repo:Q8_0",
        "hf:org/repo@v1:Q8_0", "https://hf.co/org/repo/blob/v1/Tiny-Q8_0.gguf?download=true",
        "hf.co/org/repo:Tiny-Q8_0.gguf"})
    void theFileIsFoundByItsQuantisationOrName(String typed) {
        twoQuantisations();

        assertThat(references().resolve(typed).id()).isEqualTo("Tiny-Q8_0");
    }

    @Test
    void whatWasNamedOnceIsKnownWithoutAskingAnybody() throws Exception {
        twoQuantisations();
        CatalogModel first = references().resolve("hf.co/org/repo");
        assertThat(references().resolve("hf.co/org/repo:Q4_K_M")).isEqualTo(first);
        hub.close();

        assertThat(references().resolve("https://huggingface.co/org/repo/")).isEqualTo(first);
        assertThat(references().resolve("Tiny-Q4_K_M")).isEqualTo(first);
        assertThat(references().requireKnown("hf.co/org/repo")).isEqualTo("Tiny-Q4_K_M");
    }

    @Test
    void theDownloadComesFromTheCommitAndTheTokenStaysAtTheHub() throws Exception {
        twoQuantisations();
        hub.gatedBy("canary");
        Files.createDirectories(folder.resolve("hub-tools"));
        Files.writeString(folder.resolve("hub-tools/token"), "canary\n");

        ModelEntry entry = downloads().download(references().resolve("hf.co/org/repo").id(), false);

        assertThat(Path.of(String.valueOf(entry.path()))).hasBinaryContent(gguf("four"));
        assertThat(entry.digestOrigin()).isEqualTo(DigestOrigin.SOURCE);
        assertThat(hub.asked()).contains("/org/repo/resolve/" + HubServer.COMMIT + "/Tiny-Q4_K_M.gguf");
        assertThat(hub.hub.requests()).allSatisfy(
                request -> assertThat(request.header("Authorization")).isEqualTo("Bearer canary"));
        assertThat(hub.storage.requests()).isNotEmpty().allSatisfy(
                request -> assertThat(request.header("Authorization")).isEmpty());
    }

    @Test
    void aGatedRepositorySaysWhatToDo() {
        twoQuantisations();
        hub.gatedBy("canary");

        assertThat(refusal("hf.co/org/repo")).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(e).hasMessageContaining(
                    "org/repo is gated; accept its terms at " + hub.url() + "/org/repo and set HF_TOKEN");
        });
        environment.put("HF_TOKEN", "another");
        assertThat(refusal("hf.co/org/repo")).hasMessageContaining("check the token in HF_TOKEN");
        environment.put("HF_TOKEN", "two\nlines");
        assertThat(refusal("hf.co/org/repo").code()).isEqualTo(ErrorCode.UNAUTHORIZED);
    }

    @Test
    void aGateThatClosesLaterSaysWhatToDoAsWell() {
        twoQuantisations();
        String id = references().resolve("hf.co/org/repo").id();
        hub.gatedBy("canary");

        assertThat(catchThrowableOfType(RbeesException.class, () -> downloads().download(id, false))).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(e).hasMessageContaining("accept its terms");
        });
    }

    @Test
    void repositoriesAndQuantisationsThatAreNotThereAreNamed() {
        twoQuantisations();

        assertThat(refusal("hf.co/org/repo:Q9_K")).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
            assertThat(e).hasMessageContaining("has no file of the quantisation 'Q9_K'; it has Q4_K_M, Q8_0");
        });
        assertThat(refusal("hf.co/no/such")).hasMessageStartingWith("no source gives hf.co/no/such (")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND));
        assertThat(refusal("hf.co/other/repo")).hasMessageContaining("does not exist, or it is private or gated");
        assertThat(refusal("hf:org/repo::missing.gguf")).hasMessageContaining("org/repo has no such file");
    }

    @Test
    void aListOfManyPagesIsReadToItsEnd() {
        for (int i = 0; i < 25; i++) {
            hub.with("notes-" + i + ".md", "x");
        }
        hub.with("Tiny-Q4_0.gguf", gguf("last")).pagesOf(4);

        assertThat(references().resolve("hf.co/org/repo").id()).isEqualTo("Tiny-Q4_0");
        assertThat(hub.asked()).hasSize(1 + 7);
    }

    @Test
    void theHubsOwnCacheIsUsedWhenItHasTheFile() throws Exception {
        twoQuantisations();
        Path blobs = Files.createDirectories(folder.resolve("hub-tools/hub/models--org--repo/blobs"));
        Files.write(blobs.resolve(Sha256.of(gguf("four"))), gguf("four"));
        Files.write(blobs.resolve(Sha256.of(gguf("eight"))), gguf("EIGHT"));

        ModelEntry four = downloads().download(references().resolve("hf.co/org/repo").id(), false);
        assertThat(hub.storage.requests()).isEmpty();
        assertThat(Path.of(String.valueOf(four.path()))).hasBinaryContent(gguf("four")).satisfies(
                file -> assertThat(Files.isSymbolicLink(file)).isFalse());

        ModelEntry eight = downloads().download(references().resolve("hf.co/org/repo:Q8_0").id(), false);
        assertThat(Path.of(String.valueOf(eight.path()))).hasBinaryContent(gguf("eight"));
        assertThat(hub.storage.requests()).hasSize(1);
    }

    @Test
    void withoutTheHubItsOwnCacheTellsWhatIsThere() throws Exception {
        hub.close();
        Path cache = folder.resolve("hub-tools/hub/models--org--repo");
        Path snapshot = Files.createDirectories(cache.resolve("snapshots/" + HubServer.COMMIT));
        Files.createDirectories(cache.resolve("refs"));
        Files.writeString(cache.resolve("refs/main"), HubServer.COMMIT);
        Files.createDirectories(cache.resolve("blobs"));
        byte[] config = "{\"model_type\":\"llama\"}".getBytes(UTF_8);
        Files.write(cache.resolve("blobs").resolve(HubServer.blob(config)), config);
        Files.writeString(cache.resolve("blobs").resolve(Sha256.of("weights".getBytes(UTF_8))), "weights");
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs", HubServer.blob(config)));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"),
                Path.of("../../blobs", Sha256.of("weights".getBytes(UTF_8))));

        ModelEntry entry = downloads().download(references().resolve("hf.co/org/repo").id(), false);

        assertThat(home.model("repo").resolve("config.json")).hasBinaryContent(config);
        assertThat(entry.source()).isEqualTo("hf:org/repo@" + HubServer.COMMIT);
        assertThat(refusal("hf.co/no/such").code()).isEqualTo(ErrorCode.TIMEOUT);
    }

    @Test
    void anotherQuantisationOfTheSameRepository() {
        twoQuantisations();
        String id = references().resolve("hf.co/org/repo").id();

        assertThat(references().resolve(id, "Q8_0").id()).isEqualTo("Tiny-Q8_0");
        assertThat(references().resolve(id, "q4_k_m").id()).isEqualTo(id);
        assertThat(references().resolve("hf.co/org/repo", "Q8_0").id()).isEqualTo("Tiny-Q8_0");
    }

    @Test
    void aFileOfThisMachineIsTakenOverOnce() throws Exception {
        Path file = Files.write(folder.resolve("mine.gguf"), gguf("mine"));

        assertThat(references().resolve(file.toString()).id()).isEqualTo("mine");
        assertThat(references().resolve(file.toString()).id()).isEqualTo("mine");
        assertThat(references().resolve("file:" + file).id()).isEqualTo("mine");
        assertThat(new ModelStore(home, catalog()).requireDownloaded("mine").downloaded()).isTrue();
    }

    @Test
    void aFileThatHasChangedIsNotTakenForTheOneThatWas() throws Exception {
        Path file = Files.write(folder.resolve("mine.gguf"), gguf("mine"));
        references().resolve(file.toString());
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));

        RbeesException refusal = refusal(file.toString());

        assertThat(refusal.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(refusal).hasMessageContaining("has changed since it was taken over as 'mine'")
                .hasMessageContaining("rbees-pool models delete mine");
    }

    @Test
    void aFileOfTheSameNameElsewhereIsAnotherModel() throws Exception {
        references().resolve(Files.write(folder.resolve("mine.gguf"), gguf("mine")).toString());
        Path other = Files.write(Files.createDirectories(folder.resolve("other")).resolve("mine.gguf"), gguf("other"));

        assertThat(references().resolve(other.toString()).id()).isEqualTo("mine-2");
        assertThat(new ModelStore(home, catalog()).require("mine-2").digestOrigin()).as("nobody vouches for it")
                .isEqualTo(DigestOrigin.FIRST_DOWNLOAD);
    }

    @Test
    void whatIsNoReferenceIsNoModel() {
        assertThat(refusal("hf.co/Qwen")).hasMessageContaining("names no repository of the hub");
        assertThat(refusal("org/repo")).hasMessageContaining("a repository of the hub is named hf.co/org/repo");
        assertThat(refusal("./no/such.gguf").code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(refusal("no-such.gguf")).hasMessage("there is no no-such.gguf");
        assertThat(refusal("smollm2-135n")).hasMessageContaining("did you mean 'smollm2-135m'");
        assertThat(refusal("hf:org/../x::y").code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal("https://user:secret@host/x.gguf").userMessage()).doesNotContain("secret");
        for (String odd : List.of("", "x".repeat(5_000), "a\nb", "; touch x/y")) {
            assertThat(refusal(odd).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
        assertThat(hub.asked()).isEmpty();
    }
}
