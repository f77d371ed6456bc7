package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.testing.OnnxBuilder;
import dev.rbees.worker.testing.TinyExport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

class ExportedDecoderTest {

    private static final int SEED = 3;
    private static final TinyExport PLAIN = new TinyExport(false, false, false, false);

    @TempDir
    Path folder;

    static Stream<TinyExport> graphs() {
        return Stream.of(PLAIN, new TinyExport(true, false, true, false), new TinyExport(false, true, false, true),
                new TinyExport(true, true, true, true));
    }

    private static int[] tokens(int count) {
        return new Random(count).ints(count, 0, TinyExport.VOCABULARY).toArray();
    }

    private ExportedDecoder open(int slots, int threads) {
        return ExportedDecoder.open(model(), slots, TinyExport.CONTEXT, threads);
    }

    private ExportedModel model() {
        return ExportedModel.open(folder);
    }

    private String digest() {
        return model().digest((_, _) -> {
        });
    }

    private static float[] prefill(Decoder decoder, int slot, int past, int[] tokens) {
        float[] logits = new float[decoder.vocabulary()];
        assertThat(decoder.prefill(slot, past, tokens, logits)).isTrue();
        return logits;
    }

    private static float[] decode(Decoder decoder, int slot, int past, int token) {
        float[] logits = new float[decoder.vocabulary()];
        decoder.decode(slot, new int[] {token}, new int[] {past}, new int[] {0}).copy(0, logits);
        return logits;
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void agreesWithThePlainForwardPass(TinyExport export) {
        export.write(folder, SEED);
        double limit = export.half() ? 2e-2 : 2e-5;
        int[] tokens = tokens(200);
        try (ExportedDecoder decoder = open(2, 1)) {
            assertClose(prefill(decoder, 1, 0, Arrays.copyOf(tokens, 150)), tokens, 150, limit);
            for (int length = 151; length <= tokens.length; length++) {
                assertClose(decode(decoder, 1, length - 1, tokens[length - 1]), tokens, length, limit);
            }
        }
    }

    private static void assertClose(float[] logits, int[] tokens, int length, double limit) {
        double[] expected = TinyExport.reference(SEED, Arrays.copyOf(tokens, length));
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) logits[i]).isCloseTo(expected[i], offset(limit));
        }
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void givesTheSameBitsAloneInABatchWithReusedPrefixesAndInPieces(TinyExport export) {
        export.write(folder, SEED);
        int[] prompt = tokens(211);
        int[] other = tokens(90);
        float[] afterPrompt;
        float[] afterToken;
        try (ExportedDecoder decoder = open(1, 1)) {
            afterPrompt = prefill(decoder, 0, 0, prompt);
            afterToken = decode(decoder, 0, prompt.length, 7);
        }
        try (ExportedDecoder decoder = open(4, 2)) {
            Random random = new Random(1);
            for (int slot = 1; slot < 4; slot++) {
                int done = 2 + random.nextInt(200);
                decoder.prefill(slot, 0, Arrays.copyOf(prompt, done), null);
                if (slot == 2) {
                    decode(decoder, slot, done, 40);
                    done -= random.nextInt(done);
                }
                assertThat(prefill(decoder, slot, done, Arrays.copyOfRange(prompt, done, prompt.length)))
                        .isEqualTo(afterPrompt);
            }
            decoder.prefill(0, 0, other, null);
            float[] row = new float[decoder.vocabulary()];
            int[] pasts = {other.length, prompt.length, prompt.length, prompt.length};
            Decoder.Logits logits = decoder.decode(0, new int[] {5, 7, 7, 7}, pasts, new int[] {1, 2, 3});
            for (int i = 0; i < 3; i++) {
                logits.copy(i, row);
                assertThat(row).isEqualTo(afterToken);
            }
        }
    }

    @Test
    void passesOverSlotsThatABatchOnlyCrosses() {
        PLAIN.write(folder, SEED);
        int[] prompt = tokens(20);
        try (ExportedDecoder decoder = open(3, 1)) {
            float[] first = prefill(decoder, 0, 0, prompt);
            decoder.prefill(1, 0, prompt, null);
            decoder.prefill(2, 0, prompt, null);
            // slot 1 rests behind its prompt, or behind one that is being fed
            for (int step = 0; step < 4; step++) {
                int past = 20 + step;
                decoder.decode(0, new int[] {9, 0, 9}, new int[] {past, step == 2 ? 30 : 20, past}, new int[] {0, 2});
            }
            assertThat(prefill(decoder, 1, 15, Arrays.copyOfRange(prompt, 15, 20))).isEqualTo(first);
            assertThatThrownBy(() -> decode(decoder, 1, 25, 3)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("slot 1 does not hold 25");
            assertThatThrownBy(() -> decoder.prefill(1, 25, prompt, null))
                    .hasMessageContaining("holds 20 positions, not 25");
        }
    }

    @Test
    void catchesUpWithTokensWhoseScoresNobodyWanted() {
        PLAIN.write(folder, SEED);
        int[] tokens = tokens(30);
        try (ExportedDecoder decoder = open(2, 1)) {
            decoder.prefill(0, 0, Arrays.copyOf(tokens, 20), null);
            decoder.prefill(1, 0, Arrays.copyOf(tokens, 20), null);
            float[] stepwise = new float[0];
            for (int i = 20; i < 30; i++) {
                stepwise = decode(decoder, 0, i, tokens[i]);
                decoder.decode(1, new int[] {tokens[i]}, new int[] {i}, new int[0]);
            }
            assertThat(decode(decoder, 1, 29, tokens[29])).isEqualTo(stepwise);
        }
    }

    @Test
    void leavesTheSlotAsItWasWhenItIsInterrupted() throws InterruptedException {
        PLAIN.write(folder, SEED);
        int[] prompt = tokens(TinyExport.CONTEXT);
        try (ExportedDecoder decoder = open(1, 1)) {
            int[] beginning = Arrays.copyOf(prompt, 50);
            decoder.prefill(0, 0, beginning, null);
            float[] expected = decode(decoder, 0, 50, 8);
            AtomicBoolean over = new AtomicBoolean();
            Thread interrupter = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    decoder.interrupt();
                }
            });
            boolean complete = true;
            for (int tries = 0; complete && tries < 10_000; tries++) {
                complete = decoder.prefill(0, 50, Arrays.copyOfRange(prompt, 50, prompt.length), null);
            }
            over.set(true);
            interrupter.join();
            assertThat(complete).isFalse();
            assertThat(decode(decoder, 0, 50, 8)).isEqualTo(expected);
            decoder.interrupt();
            assertThat(decoder.prefill(0, 0, beginning, null)).isTrue();
        }
    }

    @Test
    void refusesIdsOutsideTheVocabularyAndTooManyPositions() {
        PLAIN.write(folder, SEED);
        try (ExportedDecoder decoder = open(1, 1)) {
            assertThatThrownBy(() -> decoder.prefill(0, 0, new int[] {-1, 2}, null)).hasMessageContaining("-1 is no id");
            assertThatThrownBy(() -> decoder.prefill(0, 0, new int[] {TinyExport.VOCABULARY}, null))
                    .hasMessageContaining("is no id");
            assertThatThrownBy(() -> decoder.prefill(0, 0, new int[TinyExport.CONTEXT + 1], null))
                    .hasMessageContaining("do not fit");
            assertThatThrownBy(() -> decode(decoder, 0, TinyExport.CONTEXT, 1)).hasMessageContaining("do not fit");
        }
    }

    @Test
    void readsWhatTheFolderSays() throws IOException {
        PLAIN.write(folder.resolve("onnx"), SEED);
        Files.move(folder.resolve("onnx/config.json"), folder.resolve("config.json"));
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":4}");
        ExportedModel model = model();
        assertThat(model).returns(TinyExport.LAYERS, ExportedModel::layers).returns(2, ExportedModel::kvHeads)
                .returns(4, ExportedModel::headSize).returns(TinyExport.VOCABULARY, ExportedModel::vocabulary)
                .returns(TinyExport.CONTEXT, ExportedModel::contextLength).returns(folder, ExportedModel::folder);
        String digest = digest();
        assertThat(digest).matches("[0-9a-f]{64}").isEqualTo(digest());
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":5}");
        assertThat(digest()).isNotEqualTo(digest);
    }

    @Test
    void asksWhichGraphIsMeantWhenThereAreSeveral() throws IOException {
        PLAIN.write(folder, "model_q4.onnx", SEED);
        assertThat(model().graph()).endsWithRaw(Path.of("model_q4.onnx"));
        PLAIN.write(folder, "model_fp16.onnx", SEED);
        assertThatThrownBy(this::model).hasMessageContaining("model_fp16.onnx, model_q4.onnx")
                .hasMessageContaining("give the path of one of them");
        assertThat(ExportedModel.open(folder.resolve("model_q4.onnx")).folder()).isEqualTo(folder.toAbsolutePath());
        Files.delete(folder.resolve("model_q4.onnx"));
        Files.delete(folder.resolve("model_fp16.onnx"));
        assertThatThrownBy(this::model).isInstanceOf(RbeesException.class).hasMessageContaining("has no ONNX graph");
    }

    @Test
    void namesTheInputsThatItDoesNotKnow() {
        PLAIN.write(folder, SEED);
        OnnxBuilder graph = new OnnxBuilder(false).input("input_ids", OnnxBuilder.INT64, "b", "s")
                .input("encoder_hidden_states", OnnxBuilder.FLOAT, "b", "s", 8)
                .output("logits", OnnxBuilder.FLOAT, "b", "s", 8);
        graph.node("Add", List.of("encoder_hidden_states", "encoder_hidden_states"), "logits");
        graph.write(folder, "model.onnx");
        assertThatThrownBy(() -> open(1, 1).close()).isInstanceOf(RbeesException.class)
                .hasMessageContaining("inputs that rbees does not know: encoder_hidden_states (FLOAT, 3 dimensions)");
    }

    @Test
    void saysThatACacheOfFixedLengthIsAWindow() {
        PLAIN.write(folder, SEED);
        OnnxBuilder graph = new OnnxBuilder(false).input("input_ids", OnnxBuilder.INT64, "b", "s")
                .input("past_key_values.0.key", OnnxBuilder.FLOAT, "b", 2, 128, 4)
                .output("present.0.key", OnnxBuilder.FLOAT, "b", 2, 128, 4);
        graph.node("Neg", List.of("past_key_values.0.key"), "present.0.key");
        graph.write(folder, "model.onnx");
        assertThatThrownBy(() -> open(1, 1).close()).hasMessageContaining("past_key_values.0.key holds 128 positions and no"
                + " more, a window that the program around the graph must move");
    }

    @Test
    void refusesAGraphThatHasNoCacheOrNoLogitsOrOtherHeads() throws IOException {
        PLAIN.write(folder, SEED);
        Path config = folder.resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"num_hidden_layers\":2", "\"num_hidden_layers\":3"));
        assertThatThrownBy(() -> open(1, 1).close()).hasMessageContaining("2.0 layers, and config.json says 3")
                .hasMessageContaining("text-generation-with-past");
        Files.writeString(config, text.replace("\"hidden_size\":8", "\"hidden_size\":16"));
        assertThatThrownBy(() -> open(1, 1).close()).hasMessageContaining("past_key_values.0.key is no tensor of");
        Files.writeString(config, text.replace("\"vocab_size\":50", "\"vocab_size\":51"));
        assertThatThrownBy(() -> open(1, 1).close()).hasMessageContaining("50 scores, and config.json says 51");
        Files.writeString(config, text.replace("\"vocab_size\":50", "\"vocab_size\":\"x\""));
        assertThatThrownBy(() -> open(1, 1).close()).hasMessageContaining("as vocab_size");
        Files.writeString(config, "{");
        assertThatThrownBy(() -> open(1, 1).close()).hasMessageContaining("config.json is no valid JSON");
        Files.delete(config);
        assertThatThrownBy(() -> open(1, 1).close()).hasMessageContaining("has no config.json");
    }
}
