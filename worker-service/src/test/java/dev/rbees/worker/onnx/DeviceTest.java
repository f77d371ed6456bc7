package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ElementType;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class DeviceTest {

    private static final int[][] PROMPTS = {{1, 40, 71, 100, 8, 250, 33}, {5, 6}, {200, 3, 3, 90}};

    @TempDir
    Path folder;

    /** Without blocks of 32, and so calculated with plain numbers all through. */
    private static final TinyModel PLAIN = new TinyModel(2, 48, 3, 1, 80, TensorEncoding.F32, TensorEncoding.F16, true);

    private ImportedModel imported(TensorEncoding encoding) {
        return imported(TinyModel.of(encoding));
    }

    private ImportedModel imported(TinyModel model) {
        Path file = model.write(folder.resolve("m.gguf"), 5);
        return new ModelImporter(new RbeesHome(folder), ImportOptions.DEFAULT).open(file, (_, _) -> {
        });
    }

    /** The logits of three prompts and of two steps with all three in a batch. */
    private static float[][] answers(ImportedModel model, Device device) {
        float[][] all = new float[9][];
        try (DecoderSession session = DecoderSession.open(model, 4, TinyModel.CONTEXT, 1, device)) {
            int[] pasts = new int[3];
            for (int i = 0; i < 3; i++) {
                all[i] = new float[session.vocabulary()];
                assertThat(session.prefill(i + 1, 0, PROMPTS[i], all[i])).isTrue();
                pasts[i] = PROMPTS[i].length;
            }
            for (int step = 0; step < 2; step++) {
                Decoder.Logits logits = session.decode(1, new int[] {7 + step, 8, 9}, pasts, new int[] {0, 1, 2});
                for (int i = 0; i < 3; i++) {
                    all[3 + 3 * step + i] = new float[session.vocabulary()];
                    logits.copy(i, all[3 + 3 * step + i]);
                    pasts[i]++;
                }
            }
        }
        return all;
    }

    static Stream<TinyModel> models() {
        return Stream.of(TinyModel.of(TensorEncoding.Q4_1), PLAIN);
    }

    @ParameterizedTest
    @MethodSource("models")
    void memoryOfTheSessionAndNamedRunsGiveTheSameBits(TinyModel tiny) {
        ImportedModel model = imported(tiny);
        assertThat(answers(model, new CpuAsDevice(ElementType.FLOAT))).isDeepEqualTo(answers(model, Device.cpu()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void anAttentionOfSixteenBitsIsAsGoodAsSixteenBitsAre(TinyModel tiny) {
        ImportedModel model = imported(tiny);
        float[][] exact = answers(model, Device.cpu());
        float[][] half = answers(model, new CpuAsDevice(ElementType.FLOAT16));
        for (int i = 0; i < exact.length; i++) {
            // 8-bit activations turn a small difference into steps of their own size
            assertThat(difference(half[i], exact[i])).isBetween(1e-6, tiny.equals(PLAIN) ? 0.002 : 0.03);
        }
    }

    private static double difference(float[] actual, float[] expected) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / size);
    }

    @Test
    void aCacheOfSixteenBitsTakesHalfTheMemory() {
        ImportedModel model = imported(TensorEncoding.Q8_0);
        try (DecoderSession whole = DecoderSession.open(model, 2, 64, 1);
                DecoderSession half = DecoderSession.open(model, 2, 64, 1, new CpuAsDevice(ElementType.FLOAT16))) {
            assertThat(half.cacheBytes()).isEqualTo(whole.cacheBytes() / 2)
                    .isEqualTo(2 * new CpuAsDevice(ElementType.FLOAT16).slotBytes(model.description().shape(), 64));
        }
    }

    /** Or a failover would promise bits that a card does not give. */
    @Test
    void aDeviceThatIsNotExactHasNoFingerprint() {
        ImportedModel model = imported(TensorEncoding.Q8_0);
        try (DecoderSession card = DecoderSession.open(model, 1, 64, 1, new CpuAsDevice(ElementType.FLOAT));
                DecoderSession processor = DecoderSession.open(model, 1, 64, 1, Device.cpu())) {
            assertThat(NumericsFingerprint.of(card, TinyModel.vocabulary())).isEmpty();
            assertThat(NumericsFingerprint.of(processor, TinyModel.vocabulary())).isPresent();
        }
    }

    @Test
    void refusesACacheThatTheDeviceHasNoMemoryFor() {
        ImportedModel model = imported(TensorEncoding.Q8_0);
        RbeesException refused = catchThrowableOfType(RbeesException.class, () -> DecoderSession
                .open(model, Integer.MAX_VALUE / 2, TinyModel.CONTEXT, 1, new CpuAsDevice(ElementType.FLOAT)).close());
        assertThat(refused.code()).isEqualTo(ErrorCode.INSUFFICIENT_VRAM);
        assertThat(refused).hasMessageContaining("lower --slots or --context-length");
    }

    private void withSession(Device device, Consumer<MemorySegment> test) throws Exception {
        OnnxRuntime runtime = OnnxRuntime.start();
        MemorySegment session = runtime.createSession(imported(TensorEncoding.Q8_0).graph(2), 1, device);
        try {
            test.accept(session);
        } finally {
            runtime.api().releaseSession(session);
        }
    }

    @Test
    void knowsWhichProviderComputesWhat() throws Exception {
        withSession(new CpuAsDevice(ElementType.FLOAT), session -> {
            try {
                assertThat(OnnxRuntime.start().placement().of(session))
                        .contains(new OrtPlacement.Node("CPUExecutionProvider", "GroupQueryAttention"))
                        .contains(new OrtPlacement.Node("CPUExecutionProvider", "MatMulNBits"));
                Placement nothing = Placement.of(OnnxRuntime.start(), session, "CUDA");
                assertThat(nothing.there()).isEmpty();
                assertThatThrownBy(() -> nothing.requireSome(Backend.CUDA))
                        .hasMessageContaining("the backend cuda can compute no part of this model");
                assertThatThrownBy(() -> nothing.requireAll(Backend.CUDA, "GroupQueryAttention"))
                        .hasMessageContaining("its KV cache cannot lie there");
            } catch (OrtFailure e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void anAttentionThatIsPartlyElsewhereIsRefused() {
        Placement shared = new Placement(Map.of("GroupQueryAttention", 3L, "MatMulNBits", 9L),
                Map.of("GroupQueryAttention", 1L));
        shared.requireSome(Backend.CUDA);
        assertThatThrownBy(() -> shared.requireAll(Backend.CUDA, "GroupQueryAttention"))
                .hasMessageContaining("take --backend cpu");
        new Placement(Map.of("GroupQueryAttention", 4L), Map.of("Gather", 1L)).requireAll(Backend.CUDA,
                "GroupQueryAttention");
    }

    @Test
    void saysWhichProviderIsUnknownAndThatThisBuildHasNoCuda() throws OrtFailure {
        OnnxRuntime runtime = OnnxRuntime.start();
        MemorySegment options = runtime.options().create();
        try {
            assertThatThrownBy(() -> runtime.options().provider(options, "Abacus", Map.of("beads", "wood")))
                    .isInstanceOf(OrtFailure.class).hasMessageContaining("Abacus");
            assertThatThrownBy(() -> runtime.options().provider(options, "CoreML", Map.of()))
                    .isInstanceOf(OrtFailure.class).hasMessageContaining("CoreML");
            assertThatThrownBy(() -> runtime.options().cuda(options, Map.of("device_id", "0")))
                    .isInstanceOf(OrtFailure.class).hasMessageContaining("CUDA");
        } finally {
            runtime.options().release(options);
        }
    }

    @Test
    void saysWhatIsMissingForCuda() {
        assertThatThrownBy(() -> Device.find(Backend.CUDA, 0, folder)).isInstanceOf(RbeesException.class)
                .hasMessage("the CUDA libraries are not here; run: rbees-pool backend install cuda, or take --backend cpu");
        CudaSet system = CudaSet.find(folder);
        assertThat(system.release()).isEqualTo(12);
        assertThatThrownBy(() -> system.require("libcuda.so.none"))
                .hasMessageContaining("libcuda.so.none is missing; install NVIDIA's driver");
        assertThatThrownBy(() -> system.require("libcublasLt.so.none"))
                .hasMessageContaining("libcublasLt.so.none is missing; install the libraries of CUDA 12");
    }

    @ParameterizedTest
    @DisabledOnOs(OS.MAC)
    @EnumSource(names = {"COREML", "WEBGPU"})
    void applesBackendsAreRefusedElsewhere(Backend backend) {
        RbeesException refused = catchThrowableOfType(RbeesException.class, () -> Device.find(backend, 0, folder));
        assertThat(refused.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
        assertThat(refused).hasMessageStartingWith("the backend " + backend.wireName() + " exists only on macOS");
    }

    @Test
    void theProcessorIsAlwaysThere() {
        assertThat(Device.find(Backend.CPU, 0, folder)).isSameAs(Device.cpu());
    }

    @Test
    void noticesThatTheModelIsLost() throws Exception {
        ImportedModel model = imported(TensorEncoding.Q8_0);
        CpuAsDevice device = new CpuAsDevice(ElementType.FLOAT);
        try (DecoderSession session = DecoderSession.open(model, 1, 16, 1, device)) {
            assertThat(session.residencyProblem()).isEmpty();
            device.problem = Optional.of("the card does not answer");
            assertThat(session.residencyProblem()).contains("the card does not answer");
            device.problem = Optional.empty();
            Files.delete(model.weights());
            assertThat(session.residencyProblem())
                    .contains("the model's file weights.bin was removed while the model was in use");
            Files.write(model.weights(), new byte[10]);
            assertThat(session.residencyProblem())
                    .contains("the model's file weights.bin was changed while the model was in use");
        }
    }
}
