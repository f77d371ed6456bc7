package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.GgufBuilder;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelImporterTest {

    private static final TinyModel MODEL = TinyModel.of(TensorEncoding.Q4_1);

    @TempDir
    Path folder;

    private Path source;
    private ModelImporter importer;

    @BeforeEach
    void prepare() {
        source = MODEL.write(folder.resolve("m.gguf"), 1);
        importer = new ModelImporter(new RbeesHome(folder.resolve("home")), ImportOptions.DEFAULT);
    }

    @Test
    void describesTheModel() {
        ImportedModel.Description description = importer.open(source, (_, _) -> {
        }).description();
        assertThat(description.shape().layers()).isEqualTo(2);
        assertThat(description.shape().headSize()).isEqualTo(16);
        assertThat(description.shape().contextLength()).isEqualTo(TinyModel.CONTEXT);
        assertThat(description.encoding()).isEqualTo("Q4_1");
        assertThat(description.chatTemplate()).contains("<|im_start|>");
        assertThat(description.endIds()).containsExactly(0, 2);
        assertThat(description.sourceDigest()).matches("[0-9a-f]{64}");
    }

    @Test
    void importsOnceAndFindsItTheNextTime() throws IOException {
        Set<Phase> first = ConcurrentHashMap.newKeySet();
        ImportedModel imported = importer.open(source, (phase, _) -> first.add(phase));
        FileTime made = Files.getLastModifiedTime(imported.graph(2));
        Set<Phase> second = EnumSet.noneOf(Phase.class);
        assertThat(importer.open(source, (phase, _) -> second.add(phase))).isEqualTo(imported);
        assertThat(first).containsExactlyInAnyOrder(Phase.VERIFY, Phase.IMPORT);
        assertThat(second).containsExactly(Phase.VERIFY);
        assertThat(Files.getLastModifiedTime(imported.graph(2))).isEqualTo(made);
    }

    @Test
    void refusesAModelThatIsNotTheOneThatWasChecked() throws IOException {
        String digest = importer.open(source, (_, _) -> {
        }).description().sourceDigest();
        RbeesHome home = new RbeesHome(folder.resolve("home"));
        ModelImporter strict = new ModelImporter(home, ImportOptions.DEFAULT, Optional.of(digest));
        assertThat(strict.open(source, (_, _) -> {
        }).description().sourceDigest()).isEqualTo(digest);

        byte[] changed = Files.readAllBytes(source);
        changed[changed.length - 1] ^= 1;
        Files.write(source, changed);

        assertThatThrownBy(() -> strict.open(source, (_, _) -> {
        })).hasMessageContaining("is not the one that was checked").hasMessageContaining("instead of " + digest);
    }

    @Test
    void importsAnotherFileIntoAnotherFolder() {
        ImportedModel one = importer.open(source, (_, _) -> {
        });
        ImportedModel two = importer.open(MODEL.write(folder.resolve("n.gguf"), 2), (_, _) -> {
        });
        assertThat(two.folder()).isNotEqualTo(one.folder());
    }

    @Test
    void importsAnotherPartOfTheSameNameAnew() throws IOException {
        Path first = folder.resolve("p-00001-of-00002.gguf");
        Path second = folder.resolve("p-00002-of-00002.gguf");
        MODEL.builder(MODEL.data(1)).part(1, 2, MODEL.shapes().size() + 1).write(first);
        new GgufBuilder().part(2, 2, MODEL.shapes().size() + 1)
                .tensor("more", TensorEncoding.F32, new byte[128], 32).write(second);
        ImportedModel one = importer.open(first, (_, _) -> {
        });
        assertThat(importer.open(second, (_, _) -> {
        })).isEqualTo(one);
        new GgufBuilder().part(2, 2, MODEL.shapes().size() + 1)
                .tensor("other", TensorEncoding.F32, new byte[128], 32).write(second);
        assertThat(importer.open(first, (_, _) -> {
        }).folder()).isNotEqualTo(one.folder());
    }

    @Test
    void makesGoodWhatIsDamagedInTheCache() throws IOException {
        ImportedModel imported = importer.open(source, (_, _) -> {
        });
        Path weights = imported.folder().resolve("weights.bin");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, new byte[10]);
        importer.open(source, (_, _) -> {
        });
        assertThat(Files.readAllBytes(weights)).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "tokenizer.bin"})
    void makesGoodAFileInTheCacheWhoseSizeTellsNothing(String name) throws IOException {
        Path file = importer.open(source, (_, _) -> {
        }).folder().resolve(name);
        byte[] whole = Files.readAllBytes(file);
        byte[] damaged = whole.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(file, damaged);
        importer.open(source, (_, _) -> {
        });
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }

    @Test
    void startsAgainAfterAnImportThatWasCutOff() throws IOException {
        ImportedModel imported = importer.open(source, (_, _) -> {
        });
        Path unfinished = imported.folder().resolveSibling(imported.folder().getFileName() + ".importing");
        Files.move(imported.folder(), unfinished);
        Files.delete(unfinished.resolve("model.json"));
        assertThat(importer.open(source, (_, _) -> {
        }).folder()).isEqualTo(imported.folder());
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        Path other = new GgufBuilder().text("general.architecture", "mamba").write(
                folder.resolve("o.gguf"));
        assertThatThrownBy(() -> importer.open(other, (_, _) -> {
        })).isInstanceOf(RbeesException.class)
                .hasMessageContaining("mamba").hasMessageContaining("supported are llama, mistral, qwen2");
        try (var cache = Files.list(folder.resolve("home/cache"))) {
            assertThat(cache).allMatch(path -> path.toString().endsWith(".lock"));
        }
    }

    @Test
    void severalAtOnceMakeOneImport() throws Exception {
        Set<String> imports = ConcurrentHashMap.newKeySet();
        List<Callable<ImportedModel>> openings = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String name = "worker " + i;
            openings.add(() -> importer.open(source, (phase, _) -> {
                if (phase == Phase.IMPORT) {
                    imports.add(name);
                }
            }));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            for (Future<ImportedModel> opened : threads.invokeAll(openings)) {
                assertThat(opened.get().graph(2)).exists();
            }
        }
        assertThat(imports).hasSize(1);
    }

    @Test
    void refusesAModelWhosePartsDoNotFit() {
        var data = MODEL.data(1);
        Path narrow = MODEL.builder(data).write(folder.resolve("x.gguf"));
        Path wrong = new TinyModel(2, 64, 4, 2, 160, TensorEncoding.Q4_1, TensorEncoding.Q4_1, true).builder(
                new TinyModel(2, 64, 4, 2, 160, TensorEncoding.Q4_1, TensorEncoding.Q4_1, true).data(1))
                .tensor("rope_freqs.weight", TensorEncoding.F32, new byte[32], 8).write(folder.resolve("y.gguf"));
        assertThat(narrow).exists();
        assertThatThrownBy(() -> importer.open(wrong, (_, _) -> {
        })).hasMessageContaining("constants make no sense").hasMessageContaining("Infinity");
    }
}
