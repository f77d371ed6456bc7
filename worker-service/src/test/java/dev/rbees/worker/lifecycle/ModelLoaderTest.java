package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Prompt;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.testing.TinyArchitecture;
import dev.rbees.worker.testing.TinyBert;
import dev.rbees.worker.testing.TinyExport;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the path is decides what a worker holds. */
class ModelLoaderTest {

    @TempDir
    Path root;

    private final List<Phase> phases = new ArrayList<>();

    private WorkerState.Loaded load(Path path, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--model", path.toString(), "--slots", "2"));
        arguments.addAll(List.of(more));
        WorkerSettings settings = WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, arguments),
                Map.of("RBEES_HOME", root.resolve("home").toString()));
        return new ModelLoader(settings, Clock.systemUTC(), new SplittableRandom(1)).prepare()
                .load((phase, _) -> phases.add(phase))
                .serve(new GenerationMetrics(new SimpleMeterRegistry()), new Liveness(_ -> {
                }));
    }

    /** A vocabulary of words w3, w4 …, between the tokens 1 and 2. */
    private static void writeTokenizer(Path folder, int size) throws IOException {
        String words = IntStream.range(3, size).mapToObj(id -> ",\"w" + id + "\":" + id).collect(Collectors.joining());
        Files.writeString(folder.resolve("tokenizer.json"),
                """
                {"version":"1.0","truncation":null,"padding":null,
                 "added_tokens":[{"id":1,"content":"[CLS]","special":true},{"id":2,"content":"[SEP]","special":true}],
                 "normalizer":null,"pre_tokenizer":{"type":"BertPreTokenizer"},
                 "post_processor":{"type":"TemplateProcessing",
                  "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                            {"SpecialToken":{"id":"[SEP]","type_id":0}}],"pair":[],
                  "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1],"tokens":["[CLS]"]},
                                    "[SEP]":{"id":"[SEP]","ids":[2],"tokens":["[SEP]"]}}},
                 "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
                 "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
                          "max_input_chars_per_word":100,"vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2%s}}}""".formatted(words));
    }

    @Test
    void loadsAnExportedDecoder() throws IOException {
        Path folder = new TinyExport(true, false, true, false).write(root.resolve("tiny-export"), 1);
        writeTokenizer(folder, TinyExport.VOCABULARY);
        WorkerState.Loaded loaded = load(folder, "--context-length", "64");
        assertThat(loaded.encoding()).isEqualTo("onnx");
        assertThat(loaded.modelDigest()).matches("[0-9a-f]{64}");
        assertThat(loaded.fingerprint()).matches("[0-9a-f]{16}");
        assertThat(phases).containsSubsequence(Phase.VERIFY, Phase.LOAD, Phase.WARM_UP);
        assertThat(loaded.service()).isInstanceOfSatisfying(Service.Generation.class, service -> {
            assertThat(service.workload().contextLength()).isEqualTo(64);
            assertThat(service.workload().encode(new Prompt.Raw("w7 w9"))).contains(7, 9);
        });
        loaded.workload().close();
        assertThatThrownBy(() -> load(folder, "--context-length", "301")).isInstanceOf(RbeesException.class)
                .hasMessageContaining("more than the model was made for (300)");
        writeTokenizer(folder, TinyExport.VOCABULARY + 1);
        assertThatThrownBy(() -> load(folder)).hasMessageContaining("do they belong to one model?");
    }

    @Test
    void anExportedDecoderPassesOverAnAddedTokenWithoutAnEmbedding() throws IOException {
        Path folder = new TinyExport(true, false, true, false).write(root.resolve("tiny-export"), 1);
        writeTokenizer(folder, TinyExport.VOCABULARY);
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"added_tokens\":[", "\"added_tokens\":[{\"id\":"
                + TinyExport.VOCABULARY + ",\"content\":\"w7x\",\"special\":true},"));
        WorkerState.Loaded loaded = load(folder);
        assertThat(loaded.service()).isInstanceOfSatisfying(Service.Generation.class, service -> assertThat(
                service.workload().encode(new Prompt.Raw("w7x"))).as("an unknown word").containsExactly(1, 0, 2));
        loaded.workload().close();
    }

    private Path withSafetensorsAndGraph() throws IOException {
        Path folder = Files.createDirectories(root.resolve("both"));
        new TinyArchitecture("llama").separateMatrices().writeFolder(folder, false,
                """
                {"model_type":"llama","hidden_size":64,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":32,
                 "num_hidden_layers":6,"intermediate_size":96,"vocab_size":%d,"max_position_embeddings":256}"""
                        .formatted(TinyModel.vocabulary()));
        new TinyExport(true, false, true, false).write(Files.createDirectories(root.resolve("graph")), 1);
        Files.delete(root.resolve("graph/config.json"));
        Files.move(root.resolve("graph"), folder.resolve("onnx"));
        return folder;
    }

    @Test
    void takesTheSafetensorsOfAFolderThatHasAGraphAsWell() throws IOException {
        Path folder = withSafetensorsAndGraph();
        WorkerState.Loaded loaded = load(folder);
        assertThat(loaded.encoding()).isEqualTo("F32");
        loaded.workload().close();
        assertThatThrownBy(() -> load(folder, "--weights", "onnx")).as("a graph of another model")
                .hasMessageContaining("which config.json leads to expect");
        assertThatThrownBy(() -> load(folder, "--weights", "onnx", "--quantize", "int4"))
                .hasMessageContaining("--quantize and --compact have no meaning for an ONNX graph");
        assertThatThrownBy(() -> load(folder, "--weights", "gguf")).isInstanceOf(UsageException.class)
                .hasMessageContaining("--weights must be one of safetensors, onnx (got 'gguf')");
    }

    @Test
    void takesTheGraphWhereTheSafetensorsAreOfAModelThatOnlyAGraphCanRun() throws IOException {
        Path folder = withSafetensorsAndGraph();
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"bert\"}");
        assertThatThrownBy(() -> load(folder)).hasMessageContaining("config.json has no num_attention_heads");
        assertThatThrownBy(() -> load(folder, "--weights", "safetensors"))
                .hasMessageContaining("its model_type is 'bert'");
    }

    @Test
    void aModelInPartsIsCalledByItsNameWithoutTheirNumbers() throws IOException {
        Path part = Files.createFile(root.resolve("tiny-00001-of-00002.gguf"));
        assertThat(WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, List.of("--model", part.toString())), Map.of())
                .modelId()).isEqualTo("tiny");
    }

    @Test
    void loadsAnEmbeddingModel() throws IOException {
        Path folder = new TinyBert(true, false).write(root.resolve("tiny-bert"), 1);
        writeTokenizer(folder, TinyBert.VOCABULARY);
        WorkerState.Loaded loaded = load(folder.resolve("model.onnx"));
        assertThat(loaded.modelDigest()).matches("[0-9a-f]{64}");
        assertThat(loaded.fingerprint()).matches("[0-9a-f]{16}");
        assertThat(loaded.capabilities()).containsExactly("embedding");
        assertThat(loaded.service()).isInstanceOfSatisfying(Service.Embedding.class, service -> {
            assertThat(service.capability()).isEqualTo("embedding");
            assertThat(service.workload().encode("w5 w8")).containsExactly(1, 5, 8, 2);
            assertThat(service.workload().slotsTotal()).isEqualTo(2);
        });
        loaded.workload().close();
        assertThatThrownBy(() -> load(folder, "--context-length", "16")).hasMessageContaining("leave it out");
        Files.delete(folder.resolve("tokenizer.json"));
        assertThatThrownBy(() -> load(folder)).isInstanceOf(RbeesException.class).hasMessageContaining("tokenizer.json");
    }
}
