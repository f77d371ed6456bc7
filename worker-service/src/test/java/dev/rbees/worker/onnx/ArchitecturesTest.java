package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportOptions.Plain;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.testing.ReferenceDecoder;
import dev.rbees.worker.testing.TinyArchitecture;
import dev.rbees.worker.testing.TinyModel;
import dev.rbees.worker.tokenizer.TokenizerData;

import static org.assertj.core.api.Assertions.assertThat;

/** Every architecture beside its forward pass in plain Java, with random weights. */
class ArchitecturesTest {

    private static final int QUERIES = TinyArchitecture.HEADS * TinyArchitecture.HEAD_SIZE;
    private static final int KEYS = TinyArchitecture.KV_HEADS * TinyArchitecture.HEAD_SIZE;
    private static final int PAIRS = TinyArchitecture.HEAD_SIZE / 2;

    @TempDir
    Path folder;

    static Stream<Arguments> architectures() {
        return Stream.of(
                Arguments.of("llama", new TinyArchitecture("llama").separateMatrices()),
                Arguments.of("llama with Llama 3's factors, a head of its own and biases",
                        new TinyArchitecture("llama").separateMatrices().vector("rope_freqs.weight", PAIRS)
                                .matrix("output.weight", TinyArchitecture.WIDTH, TinyModel.vocabulary())
                                .biases("attn_output", TinyArchitecture.WIDTH)
                                .biases("ffn_down", TinyArchitecture.WIDTH)),
                Arguments.of("llama with half of each head rotated",
                        new TinyArchitecture("llama").separateMatrices().integer("rope.dimension_count", PAIRS)),
                Arguments.of("llama with linear scaling", new TinyArchitecture("llama").separateMatrices()
                        .text("rope.scaling.type", "linear").number("rope.scaling.factor", 4)),
                Arguments.of("llama with YaRN", new TinyArchitecture("llama").separateMatrices()
                        .text("rope.scaling.type", "yarn").number("rope.scaling.factor", 4)
                        .integer("rope.scaling.original_context_length", 64)),
                Arguments.of("qwen2", new TinyArchitecture("qwen2").separateMatrices().biases("attn_q", QUERIES)
                        .biases("attn_k", KEYS).biases("attn_v", KEYS)),
                Arguments.of("qwen3", new TinyArchitecture("qwen3").separateMatrices()
                        .norms("attn_q_norm", TinyArchitecture.HEAD_SIZE).norms("attn_k_norm", TinyArchitecture.HEAD_SIZE)),
                Arguments.of("phi3", new TinyArchitecture("phi3").fusedMatrices().integer("attention.sliding_window", 7)),
                Arguments.of("phi3 with LongRoPE", new TinyArchitecture("phi3").fusedMatrices()
                        .integer("rope.scaling.original_context_length", 64)
                        .vector("rope_factors_short.weight", PAIRS).vector("rope_factors_long.weight", PAIRS)),
                Arguments.of("gemma", new TinyArchitecture("gemma").separateMatrices()),
                Arguments.of("gemma2", gemma("gemma2").number("attn_logit_softcapping", 2)
                        .number("final_logit_softcapping", 3)),
                Arguments.of("gemma3", gemma("gemma3").norms("attn_q_norm", TinyArchitecture.HEAD_SIZE)
                        .norms("attn_k_norm", TinyArchitecture.HEAD_SIZE).number("rope.freq_base", 1_000_000)));
    }

    private static TinyArchitecture gemma(String name) {
        return new TinyArchitecture(name).separateMatrices().integer("attention.sliding_window", 5)
                .norms("post_attention_norm", TinyArchitecture.WIDTH).norms("post_ffw_norm", TinyArchitecture.WIDTH);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("architectures")
    void agreesWithThePlainForwardPass(String name, TinyArchitecture model) {
        Path file = model.write(folder.resolve("m.gguf"));
        ReferenceDecoder reference = model.reference(file);
        compare(file, reference, new ImportOptions(Plain.FLOAT32, false), 2e-5);
        // 8-bit weights and activations are off by some percent of such small sums
        compare(file, reference, ImportOptions.DEFAULT, 0.08);
    }

    @Test
    void readsAFolderAsTransformersHasIt() throws IOException {
        TinyArchitecture model = new TinyArchitecture("llama").separateMatrices();
        Path source = Files.createDirectory(folder.resolve("model"));
        model.writeFolder(source, false,
                """
                {"model_type":"llama","hidden_size":64,"num_attention_heads":4,"num_key_value_heads":2,
                 "head_dim":32,"num_hidden_layers":6,"intermediate_size":96,"vocab_size":%d,
                 "max_position_embeddings":256,"rms_norm_eps":1e-6}""".formatted(TinyModel.vocabulary()));
        ImportedModel imported = new ModelImporter(new RbeesHome(folder), new ImportOptions(Plain.FLOAT32, false)).open(
                source,
                (_, _) -> {
                });
        compare(source, model.reference(imported.description().shape()), new ImportOptions(Plain.FLOAT32, false), 2e-5);
        assertThat(TokenizerData.load(imported.tokenizer()).create().encode("hello", true)).hasSize(1);
        String digest = imported.description().sourceDigest();
        Files.writeString(source.resolve("notes.txt"), "not part of the model");
        assertThat(open(source).description().sourceDigest()).isEqualTo(digest);
        Files.writeString(source.resolve("tokenizer_config.json"), "{\"eos_token\":\"<|im_end|>\"}");
        assertThat(open(source).description().sourceDigest()).isNotEqualTo(digest);
        assertThat(open(source).description().endIds()).contains(TinyModel.END);
    }

    private ImportedModel open(Path source) {
        return new ModelImporter(new RbeesHome(folder), ImportOptions.DEFAULT).open(source, (_, _) -> {
        });
    }

    @Test
    void turnsByTheLongFactorsWhereTheContextIsLong() {
        Path file = new TinyArchitecture("phi3").fusedMatrices().integer("rope.scaling.original_context_length", 40)
                .vector("rope_factors_short.weight", PAIRS).vector("rope_factors_long.weight", PAIRS)
                .write(folder.resolve("m.gguf"));
        ImportedModel model = new ModelImporter(new RbeesHome(folder), ImportOptions.DEFAULT).open(file, (_, _) -> {
        });
        assertThat(model.graph(40)).isNotEqualTo(model.graph(41));
        int[] tokens = {5, 9, 80, 7, 130, 61};
        float[] ofShort = logits(model, 40, tokens);
        assertThat(ofShort).isEqualTo(logits(model, 20, tokens)).isNotEqualTo(logits(model, 41, tokens));
    }

    private static float[] logits(ImportedModel model, int positions, int[] tokens) {
        try (DecoderSession session = DecoderSession.open(model, 1, positions, 1)) {
            float[] logits = new float[session.vocabulary()];
            session.prefill(0, 0, tokens, logits);
            return logits;
        }
    }

    private void compare(Path file, ReferenceDecoder reference, ImportOptions options, double limit) {
        ImportedModel model = new ModelImporter(new RbeesHome(folder), options).open(file, (_, _) -> {
        });
        int[] tokens = new Random(3).ints(26, 0, TinyModel.vocabulary()).toArray();
        int prefilled = 21;
        try (DecoderSession session = DecoderSession.open(model, 2, 60, 1)) {
            float[] logits = new float[session.vocabulary()];
            session.prefill(1, 0, Arrays.copyOf(tokens, 9), null);
            session.prefill(1, 9, Arrays.copyOfRange(tokens, 9, prefilled), logits);
            assertThat(relativeError(logits, reference.logits(Arrays.copyOf(tokens, prefilled)))).as("prefill")
                    .isLessThan(limit);
            for (int length = prefilled + 1; length <= tokens.length; length++) {
                session.decode(1, new int[] {tokens[length - 1]}, new int[] {length - 1}, new int[] {0}).copy(0, logits);
                assertThat(relativeError(logits, reference.logits(Arrays.copyOf(tokens, length)))).as("decode")
                        .isLessThan(limit);
            }
        }
    }

    private static double relativeError(float[] actual, double[] expected) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / size);
    }
}
