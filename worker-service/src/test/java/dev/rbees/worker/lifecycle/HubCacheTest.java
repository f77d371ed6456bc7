package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.cli.CommandLine;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.GgufBuilder;
import dev.rbees.worker.testing.TinyArchitecture;
import dev.rbees.worker.testing.TinyExport;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Models where the hub's own tools keep them: folders of links. */
class HubCacheTest {

    @TempDir
    Path root;

    private Path repository;
    private Path snapshot;

    @BeforeEach
    void cache() throws IOException {
        repository = root.resolve("hub/models--org--tiny");
        snapshot = Files.createDirectories(repository.resolve("snapshots/0123abcd"));
        Files.createDirectories(repository.resolve("blobs"));
    }

    /** Puts the files of a folder into the cache, as the hub's tools do. */
    private void fill(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).forEach(file -> put(folder.relativize(file).toString(), file));
        }
    }

    private void put(String name, Path file) {
        try {
            Path blob = repository.resolve("blobs/" + Integer.toHexString(name.hashCode()));
            Files.move(file, blob);
            Path link = snapshot.resolve(name);
            Path folder = Objects.requireNonNull(link.getParent());
            Files.createDirectories(folder);
            Files.createSymbolicLink(link, folder.relativize(blob));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(Path model) {
        WorkerSettings settings = WorkerSettings.of(
                CommandLine.parse(WorkerSettings.SPEC, List.of("--model", model.toString(), "--slots", "1")),
                Map.of("RBEES_HOME", root.resolve("home").toString()));
        WorkerState.Loaded loaded = new ModelLoader(settings, Clock.systemUTC(), new SplittableRandom(1)).prepare()
                .load((_, _) -> {
                }).serve(new GenerationMetrics(new SimpleMeterRegistry()), new Liveness(_ -> {
                }));
        assertThat(loaded.modelDigest()).matches("[0-9a-f]{64}");
        loaded.workload().close();
    }

    private Path export() throws IOException {
        Path folder = new TinyExport(true, false, true, true).write(root.resolve("plain"), 1);
        Files.writeString(folder.resolve("tokenizer.json"),
                """
                {"model":{"type":"WordPiece","unk_token":"a","continuing_subword_prefix":"##",
                          "max_input_chars_per_word":100,"vocab":{"a":0,"b":1,"c":2,"d":3}},
                 "added_tokens":[],"pre_tokenizer":{"type":"BertPreTokenizer"},"decoder":{"type":"WordPiece","prefix":"##"}}""");
        return folder;
    }

    @Test
    void aGraphWithItsConstantsBesideIt() throws IOException {
        Path folder = export();
        assertThat(folder.resolve("model.onnx_data")).exists();
        fill(folder);
        load(snapshot);
        load(snapshot.resolve("model.onnx"));
    }

    @Test
    void aGraphInAFolderOfItsOwn() throws IOException {
        Path folder = export();
        for (String name : List.of("model.onnx", "model.onnx_data")) {
            Files.createDirectories(folder.resolve("onnx"));
            Files.move(folder.resolve(name), folder.resolve("onnx").resolve(name));
        }
        fill(folder);
        load(snapshot);
    }

    @Test
    void aGraphThatIsAFileWhoseConstantsAreALinkIsRefused() throws IOException {
        Path folder = export();
        Files.move(folder.resolve("model.onnx"), snapshot.resolve("model.onnx"));
        fill(folder);
        assertThatThrownBy(() -> load(snapshot))
                .hasMessageContaining("model.onnx_data is a link and model.onnx beside it is none");
    }

    @Test
    void safetensors() throws IOException {
        Path folder = Files.createDirectories(root.resolve("plain"));
        new TinyArchitecture("llama").separateMatrices().writeFolder(folder, false,
                """
                {"model_type":"llama","hidden_size":64,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":32,
                 "num_hidden_layers":6,"intermediate_size":96,"vocab_size":%d,"max_position_embeddings":256}"""
                        .formatted(TinyModel.vocabulary()));
        fill(folder);
        load(snapshot);
    }

    @Test
    void aGgufFileInParts() throws IOException {
        TinyModel model = TinyModel.of(TensorEncoding.Q4_1);
        Path folder = Files.createDirectories(root.resolve("plain"));
        model.builder(model.data(1)).part(1, 2, model.shapes().size() + 1).write(folder.resolve("p-00001-of-00002.gguf"));
        new GgufBuilder().part(2, 2, model.shapes().size() + 1).tensor("more", TensorEncoding.F32, new byte[128], 32)
                .write(folder.resolve("p-00002-of-00002.gguf"));
        fill(folder);
        load(snapshot.resolve("p-00001-of-00002.gguf"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.json", "model.onnx", "model.onnx_data"})
    void aLinkThatLeadsOutOfTheModelsCacheIsRefused(String name) throws IOException {
        Path folder = export();
        Path elsewhere = Files.createDirectories(root.resolve("hub/models--org--other/blobs")).resolve("b");
        Files.move(folder.resolve(name), elsewhere);
        fill(folder);
        Files.createSymbolicLink(snapshot.resolve(name), elsewhere);
        assertThatThrownBy(() -> load(snapshot)).hasMessageContaining(name + " is a link, which is not allowed");
    }

    @Test
    void aLinkToABlobWithASecondNameIsRefusedAsConstants() throws IOException {
        fill(export());
        Files.createLink(root.resolve("second"), snapshot.resolve("model.onnx_data").toRealPath());
        assertThatThrownBy(() -> load(snapshot)).hasMessageContaining("has several names (hard links)");
    }

    @Test
    void aFolderThatOnlyLooksLikeACacheIsNone() throws IOException {
        Path other = Files.createDirectories(root.resolve("hub/other/snapshots/0123abcd"));
        Path folder = export();
        Path blob = Files.createDirectories(root.resolve("hub/other/blobs")).resolve("b");
        Files.move(folder.resolve("config.json"), blob);
        Files.move(folder.resolve("model.onnx"), other.resolve("model.onnx"));
        Files.move(folder.resolve("model.onnx_data"), other.resolve("model.onnx_data"));
        Files.createSymbolicLink(other.resolve("config.json"), blob);
        assertThatThrownBy(() -> load(other)).hasMessageContaining("config.json is a link, which is not allowed");
    }

    @Test
    void aLinkThatLeadsNowhereIsMissing() throws IOException {
        fill(export());
        Files.delete(snapshot.resolve("config.json").toRealPath());
        assertThatThrownBy(() -> load(snapshot)).hasMessageContaining("has no regular file config.json");
    }
}
