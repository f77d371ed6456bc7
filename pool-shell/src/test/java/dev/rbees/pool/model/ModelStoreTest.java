package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.RbeesHome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelStoreTest {

    private static final CatalogModel MODEL = new CatalogModel("tiny", "Tiny", "gguf", "llama", "Q4_1", "tiny.gguf", 4,
            "ab".repeat(32), "Apache-2.0", 128, List.of("hf:org/repo::tiny.gguf"));

    @TempDir
    Path folder;

    private RbeesHome home;
    private ModelStore store;

    @BeforeEach
    void open() {
        home = new RbeesHome(folder.resolve("home")).open();
        store = new ModelStore(home, new Catalog(List.of(MODEL)));
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

        new ModelsLock(home.modelsLock()).put("tiny/tiny.gguf", "0".repeat(64));
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
        lock.put("b/file", "b".repeat(64));
        lock.put("a/with blank", "a".repeat(64));
        lock.put("b/file", "c".repeat(64));

        assertThat(home.modelsLock()).hasContent("a".repeat(64) + "  a/with blank\n" + "c".repeat(64) + "  b/file");
        assertThat(lock.digest("b/file")).contains("c".repeat(64));
        assertThat(lock.digest("c/file")).isEmpty();
    }

    @Test
    void refusesALockThatIsNone() throws Exception {
        Files.writeString(file(), "GGUF");
        Files.writeString(home.modelsLock(), "what is this\n");

        assertThatThrownBy(store::known).hasMessageContaining("has a line that is no digest and name")
                .hasMessageContaining("delete it");
    }
}
