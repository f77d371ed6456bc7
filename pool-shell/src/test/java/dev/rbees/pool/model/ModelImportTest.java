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
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

class ModelImportTest {

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private final ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
            false, Clock.systemUTC());
    private RbeesHome home;
    private long free = Long.MAX_VALUE;

    @BeforeEach
    void open() {
        home = new RbeesHome(folder.resolve("home")).open();
    }

    private Catalog builtIn = Catalog.builtIn();

    private LocalCatalog catalog() {
        return new LocalCatalog(home, builtIn);
    }

    private ModelStore store() {
        return new ModelStore(home, catalog());
    }

    private ModelEntry take(Path path, String... id) {
        DownloadLimits limits = new DownloadLimits(1, Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofSeconds(2), 0,
                _ -> free);
        ModelDownloads downloads = new ModelDownloads(home, catalog(), Map.of(), said::add, progress, limits);
        return new ModelImport(catalog(), downloads, progress).take(path, List.of(id).stream().findFirst());
    }

    private RbeesException refusal(Path path, String... id) {
        return catchThrowableOfType(RbeesException.class, () -> take(path, id));
    }

    private Path write(String name, byte[] bytes) throws Exception {
        Path file = folder.resolve("mine").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    private Path write(String name, String text) throws Exception {
        return write(name, text.getBytes(UTF_8));
    }

    @Test
    void aFileOfOnesOwnIsCopiedAndKnownFromThenOn() throws Exception {
        Path file = write("Tiny Model.Q4_K_M.gguf", GgufBytes.ofModel());

        ModelEntry entry = take(file);

        assertThat(entry.id()).isEqualTo("Tiny-Model.Q4_K_M");
        assertThat(entry).isEqualTo(new ModelEntry("Tiny-Model.Q4_K_M", "Tiny", true, "gguf", "llama", "Q4_K_M",
                Files.size(file), Sha256.of(file),
                home.models().resolve("Tiny-Model.Q4_K_M/Tiny Model.Q4_K_M.gguf").toString(),
                "file:" + file, "apache-2.0", 2048, null, DigestOrigin.FIRST_DOWNLOAD));
        assertThat(store().requireDownloaded("Tiny-Model.Q4_K_M")).isEqualTo(entry);
        assertThat(home.staging().resolve("Tiny-Model.Q4_K_M")).doesNotExist();
        assertThat(Files.readString(home.modelsLock())).contains(Sha256.of(file) + "  Tiny-Model.Q4_K_M/Tiny Model");

        Files.delete(file);
        assertThat(store().requireDownloaded("Tiny-Model.Q4_K_M").downloaded()).isTrue();
    }

    @Test
    void theCopyIsMadeGoodFromTheOriginal() throws Exception {
        Path file = write("x.gguf", GgufBytes.ofModel());
        take(file, "mine");
        Files.delete(home.models().resolve("mine/x.gguf"));
        ModelDownloads downloads = new ModelDownloads(home, catalog(), Map.of(), said::add, progress);

        assertThat(downloads.download("mine", false).downloaded()).isTrue();
        Files.write(file, new byte[] {1, 2, 3});

        RbeesException changed = catchThrowableOfType(RbeesException.class, () -> downloads.download("mine", true));
        assertThat(changed).hasMessageContaining("x.gguf: it has changed since it was imported");
        assertThat(store().requireDownloaded("mine").downloaded()).isTrue();
    }

    @Test
    void theFilesOfAModelOfTheCatalogBecomeThatModel() throws Exception {
        Path file = write("x.gguf", GgufBytes.ofModel());
        builtIn = new Catalog(List.of(new CatalogModel("known", "Known", "gguf", "llama", null,
                List.of(new ModelFile("x.gguf", Files.size(file), Sha256.of(file))), "MIT", 64, List.of("hf:org/repo::x.gguf"))));

        ModelEntry entry = take(file, "known");

        assertThat(entry.downloaded()).isTrue();
        assertThat(entry.digestOrigin()).isEqualTo(DigestOrigin.CATALOG);
        assertThat(store().requireDownloaded("known").name()).isEqualTo("Known");
        assertThat(catalog().isOwn("known")).isFalse();
        assertThat(take(file, "known").downloaded()).isTrue();
        assertThat(refusal(write("y.gguf", GgufBytes.ofModel()), "known")).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(e).hasMessageContaining("whose files are others");
        });
    }

    @Test
    void anIdIsGivenOnce() throws Exception {
        Path file = write("x.gguf", GgufBytes.ofModel());
        take(file, "mine");

        assertThat(refusal(file, "mine")).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(e).hasMessageContaining("--id");
        });
        assertThat(refusal(file, "smollm2-135m").code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(refusal(file, "../x").code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal(folder.resolve("nothing")).code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
    }

    @Test
    void allPartsOfASplitFileComeAlong() throws Exception {
        Path first = write("big-00001-of-00003.gguf", GgufBytes.ofModel());
        write("big-00002-of-00003.gguf", "GGUF two");
        assertThat(refusal(first)).hasMessageContaining("a part is missing: big-00003-of-00003.gguf");
        write("big-00003-of-00003.gguf", "GGUF three");

        ModelEntry entry = take(folder.resolve("mine/big-00002-of-00003.gguf"));

        assertThat(entry.id()).isEqualTo("big");
        assertThat(entry.sizeBytes()).isEqualTo(Files.size(first) + 8 + 10);
        assertThat(entry.path()).endsWith("big-00001-of-00003.gguf");
        assertThat(store().verify("big", progress)).hasSize(3).allMatch(FileCheck::ok);
    }

    @Test
    void aFolderComesWithWhatBelongsToIt() throws Exception {
        write("config.json", "{\"model_type\":\"qwen3\",\"torch_dtype\":\"bfloat16\",\"max_position_embeddings\":4096}");
        write("model-00001-of-00002.safetensors", "one");
        write("model-00002-of-00002.safetensors", "two");
        write("tokenizer.json", "{}");
        write("picture.png", "no");
        write("onnx/model.onnx", "not needed");

        ModelEntry entry = take(folder.resolve("mine"), "folder");

        assertThat(entry).extracting(ModelEntry::format, ModelEntry::architecture, ModelEntry::quantization,
                ModelEntry::contextLength).containsExactly("safetensors", "qwen3", "BF16", 4096);
        assertThat(Folders.children(Path.of(Optional.ofNullable(entry.path()).orElseThrow())).stream()
                .map(file -> file.getFileName().toString()))
                .containsExactly("config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                        "tokenizer.json");
    }

    @Test
    void aCacheOfLinksIsReadThrough() throws Exception {
        Path blob = write("blobs/abc", GgufBytes.ofModel());
        Path snapshot = Files.createDirectories(folder.resolve("mine/snapshots"));
        Files.createSymbolicLink(snapshot.resolve("x.gguf"), Path.of("../blobs/abc"));

        ModelEntry entry = take(snapshot, "linked");

        assertThat(Path.of(Optional.ofNullable(entry.path()).orElseThrow())).isRegularFile()
                .hasSameBinaryContentAs(blob);
        assertThat(take(snapshot.resolve("x.gguf"), "file").path()).endsWith("file/x.gguf");
    }

    @Test
    void whatIsNoModelIsNamed() throws Exception {
        assertThat(refusal(write("pointer.gguf", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")))
                .hasMessageContaining("pointer.gguf is a pointer of Git's large-file storage");
        assertThat(refusal(write("page.gguf", "\n<!DOCTYPE html><html>Sign in</html>")))
                .hasMessageContaining("page.gguf is a web page");
        assertThat(refusal(write("other.gguf", "PK..............................."))).hasMessageContaining("no GGUF file");
        assertThat(refusal(write("empty.gguf", ""))).hasMessageContaining("is empty");
        assertThat(refusal(folder.resolve("mine"), "several")).hasMessageContaining("several GGUF files; name one of them");
        assertThat(refusal(Files.createDirectory(folder.resolve("bare")))).hasMessageContaining("no .gguf, .safetensors");
        assertThat(store().downloaded()).isEmpty();
        assertThat(home.catalog()).doesNotExist();
    }

    @Test
    void withoutRoomNothingIsTakenOver() throws Exception {
        free = 10;

        assertThat(refusal(write("x.gguf", GgufBytes.ofModel())).code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);

        assertThat(store().downloaded()).isEmpty();
        assertThat(catalog().all().find("x")).isEmpty();
    }

    @Test
    void anImportedModelIsUnknownOnceItIsDeleted() throws Exception {
        take(write("x.gguf", GgufBytes.ofModel()), "one");
        take(folder.resolve("mine/x.gguf"), "two");

        store().delete("one");

        assertThat(store().downloaded()).extracting(ModelEntry::id).containsExactly("two");
        assertThat(catalog().all().find("one")).isEmpty();
        assertThat(home.models().resolve("one")).doesNotExist();
        assertThat(Files.readString(home.modelsLock())).doesNotContain("one/").contains("two/x.gguf");
    }

    @Test
    void aCatalogThatIsNoneIsRefused() throws Exception {
        Files.writeString(home.catalog(), "{");

        assertThat(catchThrowableOfType(RbeesException.class, () -> store().known())).hasMessageContaining("is no catalog");
    }
}
