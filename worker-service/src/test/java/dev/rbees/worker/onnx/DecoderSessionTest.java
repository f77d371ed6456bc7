package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.graph.PlainActivations;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.ReferenceDecoder;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DecoderSessionTest {

    private static final ImportOptions COMPACT = new ImportOptions(ImportOptions.Plain.INT8, true);

    @TempDir
    Path folder;

    private ImportOptions options = ImportOptions.DEFAULT;

    /** Every encoding; mixed layers, whose projections cannot be multiplied as one; a head of its own; odd widths. */
    static Stream<Arguments> models() {
        Stream<TinyModel> plain = Arrays.stream(TensorEncoding.values()).map(TinyModel::of);
        Stream<TinyModel> others = Stream.of(
                new TinyModel(2, 64, 4, 4, 96, TensorEncoding.Q4_0, TensorEncoding.Q8_0, false),
                new TinyModel(1, 256, 2, 1, 256, TensorEncoding.Q4_K, TensorEncoding.Q6_K, false),
                new TinyModel(3, 64, 2, 1, 128, TensorEncoding.Q4_1, TensorEncoding.Q5_0, true),
                new TinyModel(2, 48, 3, 1, 80, TensorEncoding.F32, TensorEncoding.F16, true));
        // 8-bit activations are off by some percent of such small sums; plain numbers are not
        Stream<Arguments> usual = Stream.concat(plain, others)
                .map(model -> Arguments.of(model, ImportOptions.DEFAULT, model.width() % 32 == 0 ? 0.06 : 1e-5));
        TinyModel numbers = new TinyModel(2, 256, 4, 2, 512, TensorEncoding.F32, TensorEncoding.F32, false);
        Stream<Arguments> optional = Stream.of(
                Arguments.of(TinyModel.of(TensorEncoding.Q4_1), COMPACT, 0.06),
                Arguments.of(new TinyModel(1, 256, 2, 1, 256, TensorEncoding.Q4_K, TensorEncoding.Q6_K, false), COMPACT,
                        0.06),
                Arguments.of(numbers, new ImportOptions(ImportOptions.Plain.FLOAT32, false), 1e-5),
                // rounding every weight to four bits is felt; a wrong wiring would be off by more than 1
                Arguments.of(numbers, new ImportOptions(ImportOptions.Plain.INT4, false), 0.6));
        return Stream.concat(usual, optional);
    }

    @ParameterizedTest
    @MethodSource("models")
    void agreesWithThePlainForwardPass(TinyModel model, ImportOptions packed, double limit) {
        options = packed;
        Map<String, byte[]> data = model.data(11);
        model.builder(data).write(folder.resolve("m.gguf"));
        ReferenceDecoder reference = model.reference(data);
        int[] tokens = {1, 40, 71, 100, 8, 250, 33, 33, 90, 17};
        try (DecoderSession session = open(2, 1)) {
            float[] logits = new float[session.vocabulary()];
            assertThat(session.prefill(1, 0, Arrays.copyOf(tokens, 7), logits)).isTrue();
            assertThat(relativeError(logits, reference.logits(Arrays.copyOf(tokens, 7)))).as("prefill").isLessThan(limit);
            for (int length = 8; length <= tokens.length; length++) {
                session.decode(1, new int[] {tokens[length - 1]}, new int[] {length - 1}, new int[] {0}).copy(0, logits);
                assertThat(relativeError(logits, reference.logits(Arrays.copyOf(tokens, length)))).as("decode")
                        .isLessThan(limit);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesTheSameBitsAloneInABatchAndInPieces(TinyModel model, ImportOptions packed, double unused) {
        options = packed;
        model.write(folder.resolve("m.gguf"), 12);
        Random random = new Random(13);
        int[][] prompts = new int[4][];
        for (int i = 0; i < prompts.length; i++) {
            prompts[i] = random.ints(5 + 9 * i, 0, TinyModel.vocabulary()).toArray();
        }
        float[][] alone = new float[4][];
        try (DecoderSession session = open(1, 1)) {
            for (int i = 0; i < prompts.length; i++) {
                alone[i] = new float[session.vocabulary()];
                session.prefill(0, 0, prompts[i], null);
                session.decode(0, new int[] {7}, new int[] {prompts[i].length}, new int[] {0}).copy(0, alone[i]);
            }
        }
        try (DecoderSession session = open(6, 2)) {
            int[] tokens = {7, 7, 0, 7, 7};
            int[] pasts = new int[5];
            int[] slots = {0, 1, 3, 4};
            for (int i = 0; i < prompts.length; i++) {
                inPieces(session, slots[i] + 1, prompts[i], random);
                pasts[slots[i]] = prompts[i].length;
            }
            Decoder.Logits logits = session.decode(1, tokens, pasts, slots);
            for (int i = 0; i < prompts.length; i++) {
                float[] together = new float[session.vocabulary()];
                logits.copy(i, together);
                assertThat(together).isEqualTo(alone[i]);
            }
        }
    }

    private static void inPieces(DecoderSession session, int slot, int[] prompt, Random random) {
        int done = 0;
        while (done < prompt.length) {
            int count = Math.min(prompt.length - done, 2 + random.nextInt(6));
            count = prompt.length - done - count == 1 ? count + 1 : count;
            session.prefill(slot, done, Arrays.copyOfRange(prompt, done, done + count), null);
            done += count;
        }
    }

    /** Whatever this machine's processor is: there the worker may do without. */
    @Test
    void readsPromptsOfFourBitModelsWithPlainActivations() throws IOException {
        TinyModel model = new TinyModel(2, 64, 4, 2, 96, TensorEncoding.Q4_0, TensorEncoding.F32, false);
        options = new ImportOptions(ImportOptions.Plain.FLOAT32, false);
        Map<String, byte[]> data = model.data(14);
        model.builder(data).write(folder.resolve("m.gguf"));
        int[] prompt = new Random(15).ints(200, 0, TinyModel.vocabulary()).toArray();
        try (DecoderSession session = openWithPromptGraph(2)) {
            float[] whole = new float[session.vocabulary()];
            session.prefill(0, 0, Arrays.copyOf(prompt, Decoder.LONGEST_PIECE), null);
            session.prefill(0, Decoder.LONGEST_PIECE, Arrays.copyOfRange(prompt, Decoder.LONGEST_PIECE, 200), whole);
            assertThat(relativeError(whole, model.reference(data).logits(prompt))).isLessThan(1e-4);
            float[] first = afterOneStep(session, 0, prompt.length);
            inPieces(session, 1, prompt, new Random(16));
            assertThat(afterOneStep(session, 1, prompt.length)).isEqualTo(first);
        }
    }

    private static float[] afterOneStep(DecoderSession session, int slot, int past) {
        float[] logits = new float[session.vocabulary()];
        session.decode(slot, new int[] {7}, new int[] {past}, new int[] {0}).copy(0, logits);
        return logits;
    }

    @ParameterizedTest
    @CsvSource({"flags : fpu avx2 avx512f avx512dq, true", "flags : fpu avx2, false", "model name : avx512f, false"})
    void takesAGraphOfItsOwnForPromptsWhereItIsFaster(String line, boolean faster) throws IOException {
        Path processor = Files.writeString(folder.resolve("cpuinfo"), "processor : 0\n" + line + " sse\n");
        assertThat(PromptGraph.isFaster(processor)).isEqualTo(faster);
        assertThat(PromptGraph.isFaster(folder.resolve("missing"))).isFalse();
    }

    /** Bit-equal only in pieces that attention does not cut. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "128, 128", "129, 127", "130, 128", "257, 128"})
    void cutsPromptsIntoPiecesThatGiveTheSameBits(int left, int next) {
        TinyModel.of(TensorEncoding.Q8_0).write(folder.resolve("m.gguf"), 1);
        try (DecoderSession session = open(1, 1)) {
            assertThat(session.nextPiece(left)).isEqualTo(next);
        }
    }

    @Test
    void refusesIdsOutsideTheVocabularyAndTooManyPositions() {
        TinyModel.of(TensorEncoding.Q8_0).write(folder.resolve("m.gguf"), 1);
        try (DecoderSession session = open(1, 1)) {
            assertThatThrownBy(() -> session.prefill(0, 0, new int[] {-1, 2}, null)).hasMessageContaining("-1 is no id");
            assertThatThrownBy(() -> session.prefill(0, 0, new int[] {TinyModel.vocabulary(), 2}, null))
                    .hasMessageContaining("is no id");
            assertThatThrownBy(() -> session.prefill(0, 0, new int[TinyModel.CONTEXT + 1], null))
                    .hasMessageContaining("do not fit");
            assertThatThrownBy(() -> session.decode(0, new int[] {1}, new int[] {TinyModel.CONTEXT}, new int[] {0}))
                    .hasMessageContaining("do not fit");
        }
    }

    @Test
    void interruptsNothingWhenNothingRuns() {
        TinyModel.of(TensorEncoding.Q8_0).write(folder.resolve("m.gguf"), 1);
        try (DecoderSession session = open(1, 1)) {
            session.interrupt();
            assertThat(session.prefill(0, 0, new int[] {1, 2, 3}, null)).isTrue();
        }
    }

    @Test
    void holdsOneBufferOfScoresWhateverKindsOfStepsThereWere() {
        TinyModel.of(TensorEncoding.Q8_0).write(folder.resolve("m.gguf"), 1);
        int slots = 20;
        try (DecoderSession session = open(slots, 1)) {
            float[] alone = new float[session.vocabulary()];
            for (int slot = 0; slot < slots; slot++) {
                session.prefill(slot, 0, new int[] {5, 6, 7}, null);
            }
            session.decode(0, new int[] {9}, new int[] {3}, new int[] {0}).copy(0, alone);
            int kinds = 0;
            float[] together = new float[session.vocabulary()];
            for (int rows = 1; rows <= slots; rows++) {
                for (int first = 0; first + rows <= slots; first++) {
                    int[] tokens = new int[rows];
                    int[] pasts = new int[rows];
                    Arrays.fill(tokens, 9);
                    Arrays.fill(pasts, 3);
                    int last = rows - 1;
                    session.decode(first, tokens, pasts, last == 0 ? new int[] {0} : new int[] {0, last}).copy(
                            last == 0 ? 0 : 1,
                            together);
                    assertThat(together).isEqualTo(alone);
                    kinds++;
                }
            }
            assertThat(kinds).isGreaterThan(DecodeFrames.KEPT);
            assertThat(session.decodeFrames().kept()).isEqualTo(DecodeFrames.KEPT);
            assertThat(session.decodeFrames().logitsBytes()).isEqualTo((long) slots * session.vocabulary() * Float.BYTES);
        }
    }

    @Test
    void onlyTheThreadThatClaimedItDecodes() throws InterruptedException {
        TinyModel.of(TensorEncoding.Q8_0).write(folder.resolve("m.gguf"), 1);
        try (DecoderSession session = open(1, 1)) {
            session.prefill(0, 0, new int[] {5, 6}, null);
            session.claim();
            session.decode(0, new int[] {9}, new int[] {2}, new int[] {0});
            CompletableFuture<Decoder.Logits> other = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try {
                    other.complete(session.decode(0, new int[] {9}, new int[] {2}, new int[] {0}));
                } catch (RuntimeException e) {
                    other.completeExceptionally(e);
                }
            }).join();
            assertThat(other).isCompletedExceptionally();
            assertThatThrownBy(other::join).hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was touched by");
        }
    }

    @Test
    void refusesACacheThatTheMachineHasNoMemoryFor() {
        TinyModel.of(TensorEncoding.Q8_0).write(folder.resolve("m.gguf"), 1);
        assertThatThrownBy(() -> open(Integer.MAX_VALUE, 1).close()).isInstanceOf(RbeesException.class)
                .hasMessageContaining("lower --slots or --context-length");
    }

    @Test
    void hasAFingerprintOfItsNumbersAlone() {
        TinyModel.of(TensorEncoding.Q4_0).write(folder.resolve("m.gguf"), 1);
        String fingerprint;
        try (DecoderSession session = open(1, 1)) {
            fingerprint = NumericsFingerprint.of(session, TinyModel.vocabulary()).orElseThrow();
        }
        try (DecoderSession session = open(4, 2)) {
            session.prefill(0, 0, new int[] {9, 8, 7}, null);
            assertThat(NumericsFingerprint.of(session, TinyModel.vocabulary()).orElseThrow()).isEqualTo(fingerprint)
                    .matches("[0-9a-f]{16}");
        }
        TinyModel.of(TensorEncoding.Q4_0).write(folder.resolve("m.gguf"), 2);
        try (DecoderSession session = open(1, 1)) {
            assertThat(NumericsFingerprint.of(session, TinyModel.vocabulary())).get().isNotEqualTo(fingerprint);
        }
    }

    private ImportedModel imported() {
        return new ModelImporter(new RbeesHome(folder), options).open(folder.resolve("m.gguf"), (_, _) -> {
        });
    }

    private DecoderSession openWithPromptGraph(int slots) throws IOException {
        ImportedModel model = imported();
        Optional<byte[]> graph = PlainActivations.rewrite(Files.readAllBytes(model.graph(TinyModel.CONTEXT)));
        assertThat(graph).isPresent();
        return DecoderSession.open(model, slots, TinyModel.CONTEXT, 2, Device.cpu(), graph);
    }

    private DecoderSession open(int slots, int threads) {
        return DecoderSession.open(imported(), slots, TinyModel.CONTEXT, threads);
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
