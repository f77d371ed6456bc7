package dev.rbees.pool.model;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelStoreTest {

    private static final ModelFile FILE = new ModelFile("tiny.gguf", 4, Sha256.of("GGUF".getBytes(US_ASCII)));
    private static final CatalogModel MODEL = new CatalogModel("tiny", "Tiny", "gguf", "llama", "Q4_1",
            List.of(FILE), "Apache-2.0", 128, List.of("hf:org/repo::tiny.gguf"));

    @TempDir
    Path folder;

    private RbeesHome home;
    private ModelStore store;

    @BeforeEach
    void open() {
        home = new RbeesHome(folder.resolve("home")).open();
        store = new ModelStore(home, new LocalCatalog(home, new Catalog(List.of(MODEL))));
    }

    private Path file() throws Exception {
        Path file = home.root().resolve("models/tiny/tiny.gguf");
        Files.createDirectories(file.getParent());
        return file;
    }

    @Test
    void knowsTheCatalogAndWhatIsHere() throws Exception {
        assertThat(store.known()).extracting(ModelEntry::id, ModelEntry::downloaded, ModelEntry::path)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("tiny", false, null));
        assertThat(store.downloaded()).isEmpty();

        Files.writeString(file(), "GGUF");
        store.noteVerified(MODEL);

        assertThat(store.downloaded()).singleElement().satisfies(entry -> {
            assertThat(entry.downloaded()).isTrue();
            assertThat(entry.path()).isEqualTo(file().toString());
            assertThat(entry.sizeBytes()).isEqualTo(4);
        });
        assertThat(store.requireDownloaded("tiny").id()).isEqualTo("tiny");
    }

    @Test
    void namesTheCommandThatDownloads() {
        assertThatThrownBy(() -> store.requireDownloaded("tiny"))
                .hasMessage("model 'tiny' is not on this machine; run: rbees-pool models download tiny");
    }

    @Test
    void saysWhyAFileThatLiesThereDoesNotCount() throws Exception {
        Files.writeString(file(), "GG");
        assertThatThrownBy(() -> store.requireDownloaded("tiny")).hasMessageContaining("has 2 bytes instead of 4");

        Files.writeString(file(), "GGUF");
        assertThatThrownBy(() -> store.requireDownloaded("tiny")).hasMessageContaining("models.lock does not name it");

        new ModelsLock(home.modelsLock()).put(Map.of("tiny/tiny.gguf", "0".repeat(64)));
        assertThatThrownBy(() -> store.requireDownloaded("tiny"))
                .hasMessageContaining("models.lock holds another digest than the catalog");
    }

    @Test
    void aLinkIsNoModel() throws Exception {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "GGUF");
        Files.createSymbolicLink(file(), elsewhere);
        store.noteVerified(MODEL);

        assertThat(store.downloaded()).isEmpty();
    }

    @Test
    void theLockIsSortedAndKeepsOtherLines() throws Exception {
        ModelsLock lock = new ModelsLock(home.modelsLock());
        lock.put(Map.of("b/file", "b".repeat(64)));
        lock.put(Map.of("a/with blank", "a".repeat(64)));
        lock.put(Map.of("b/file", "c".repeat(64)));

        assertThat(home.modelsLock()).hasContent("a".repeat(64) + "  a/with blank\n" + "c".repeat(64) + "  b/file");
        assertThat(lock.read()).containsEntry("b/file", "c".repeat(64));
        assertThat(lock.read()).doesNotContainKey("c/file");
    }

    @Test
    void refusesALockThatIsNone() throws Exception {
        Files.writeString(file(), "GGUF");
        Files.writeString(home.modelsLock(), "what is this\n");

        assertThatThrownBy(store::known).hasMessageContaining("has a line that is no digest and name")
                .hasMessageContaining("delete it");
    }

    private List<FileCheck> verify() {
        return store.verify("tiny", new ProgressLine(new PrintStream(OutputStream.nullOutputStream(), true, US_ASCII), false,
                Clock.systemUTC()));
    }

    @Test
    void verifyFindsEveryChangedByte() throws Exception {
        assertThatThrownBy(this::verify).hasMessageContaining("run: rbees-pool models download tiny");

        Files.writeString(file(), "GGUF");
        assertThat(verify()).singleElement().extracting(FileCheck::status).isEqualTo(FileCheck.Status.OK);
        Files.writeString(file(), "GGUX");
        assertThat(verify()).singleElement().satisfies(check -> {
            assertThat(check.status()).isEqualTo(FileCheck.Status.DAMAGED);
            assertThat(check.detail()).isEqualTo("its bytes are not those that were downloaded");
        });
        Files.writeString(file(), "GG");
        assertThat(verify().getFirst().detail()).isEqualTo("it has 2 bytes instead of 4");
        Files.writeString(file(), "GGUF");
        new ModelsLock(home.modelsLock()).put(Map.of("tiny/tiny.gguf", "0".repeat(64)));
        assertThat(verify().getFirst().detail()).contains("models.lock");
    }

    @Test
    void lockWritesDownOnlyWhatIsRight() throws Exception {
        Files.writeString(file(), "GGUX");
        ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream(), true, US_ASCII), false,
                Clock.systemUTC());

        assertThat(store.lock("tiny", progress)).noneMatch(FileCheck::ok);
        assertThat(home.modelsLock()).doesNotExist();
        Files.writeString(file(), "GGUF");
        assertThat(store.lock("tiny", progress)).allMatch(FileCheck::ok);
        assertThat(store.requireDownloaded("tiny").downloaded()).isTrue();
    }

    @Test
    void deleteTakesTheFilesAndLeavesTheCatalog() throws Exception {
        Files.writeString(file(), "GGUF");
        store.noteVerified(MODEL);

        store.delete("tiny");

        assertThat(store.downloaded()).isEmpty();
        assertThat(store.known()).hasSize(1);
        assertThat(home.models().resolve("tiny")).doesNotExist();
        assertThatThrownBy(() -> store.delete("tiny")).hasMessageContaining("nothing of model 'tiny'");
        assertThatThrownBy(() -> store.delete("tinny")).hasMessageContaining("did you mean 'tiny'");
    }

    @Test
    void tellsWhatTakesRoom() throws Exception {
        Files.writeString(file(), "GGUF");
        Files.write(Files.createDirectories(home.staging().resolve("other")).resolve("hf-x.part"), new byte[7]);
        Files.write(Files.createDirectories(home.cacheRoot().resolve("abc")).resolve("weights"), new byte[9]);

        assertThat(store.diskUse()).extracting(DiskUse::name, DiskUse::kind, DiskUse::sizeBytes).containsExactly(
                org.assertj.core.groups.Tuple.tuple("tiny", "model", 4L),
                org.assertj.core.groups.Tuple.tuple("other", "unfinished", 7L),
                org.assertj.core.groups.Tuple.tuple("cache", "cache", 9L));
    }
}
