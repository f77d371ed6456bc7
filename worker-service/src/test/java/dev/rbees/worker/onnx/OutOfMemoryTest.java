package dev.rbees.worker.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.graph.ElementType;
import dev.rbees.worker.testing.TinyEngine;
import dev.rbees.worker.testing.Transcript;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class OutOfMemoryTest {

    @TempDir
    Path folder;

    /** A graph that makes as many numbers as it is told, and adds them up. */
    private static byte[] sumOfNothings() {
        byte[] fill = message(text(1, "count"), text(2, "many"), text(4, "ConstantOfShape"));
        byte[] sum = message(text(1, "many"), text(2, "sum"), text(4, "ReduceSum"),
                bytes(5, message(text(1, "keepdims"), integer(3, 0), integer(20, 2))));
        byte[] graph = message(bytes(1, fill), bytes(1, sum), text(2, "g"), bytes(11, value("count", 7, 1)),
                bytes(12, value("sum", 1)));
        return message(integer(1, 10), bytes(7, graph), bytes(8, message(text(1, ""), integer(2, 21))));
    }

    private static byte[] value(String name, int type, int... dimensions) {
        ByteArrayOutputStream shape = new ByteArrayOutputStream();
        for (int dimension : dimensions) {
            shape.writeBytes(bytes(1, integer(1, dimension)));
        }
        byte[] tensor = message(integer(1, type), bytes(2, shape.toByteArray()));
        return message(text(1, name), bytes(2, bytes(1, tensor)));
    }

    private static byte[] message(byte[]... fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] field : fields) {
            out.writeBytes(field);
        }
        return out.toByteArray();
    }

    private static byte[] text(int field, String text) {
        return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(int field, byte[] bytes) {
        return message(varint(field << 3 | 2), varint(bytes.length), bytes);
    }

    private static byte[] integer(int field, int value) {
        return message(varint(field << 3), varint(value));
    }

    private static byte[] varint(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rest = value;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        return out.toByteArray();
    }

    @Test
    void aRunWithoutMemoryFailsAsSuchAndTheNextOneSucceeds() throws OrtFailure {
        OnnxRuntime runtime = OnnxRuntime.start();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = runtime.createSession(arena.allocateFrom(JAVA_BYTE, sumOfNothings()));
            MemorySegment count = arena.allocate(JAVA_LONG);
            MemorySegment sum = arena.allocate(JAVA_FLOAT);
            MemorySegment countTensor = runtime.createTensor(count, ElementType.INT64, 1);
            MemorySegment sumTensor = runtime.createTensor(sum, ElementType.FLOAT);
            try (NamedBinding binding = new NamedBinding(runtime.api(), session)) {
                binding.input("count", countTensor);
                binding.output("sum", sumTensor);
                count.set(JAVA_LONG, 0, 1L << 48);
                OrtFailure failure = catchThrowableOfType(OrtFailure.class, () -> binding.run(MemorySegment.NULL));
                assertThat(failure.isOutOfMemory()).as(failure.getMessage()).isTrue();
                assertThat(failure.whileRunning().code()).isEqualTo(ErrorCode.VRAM_OOM);
                sum.set(JAVA_FLOAT, 0, 5);
                count.set(JAVA_LONG, 0, 1000);
                binding.run(MemorySegment.NULL);
                assertThat(sum.get(JAVA_FLOAT, 0)).isZero();
            } finally {
                runtime.api().releaseTensor(countTensor);
                runtime.api().releaseTensor(sumTensor);
                runtime.api().releaseSession(session);
            }
        }
    }

    /** The first run of a request is its prompt, the later ones are steps. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theRequestFailsAndTheWorkerStaysUsable(int failingRun) throws IOException, InterruptedException {
        ShortOfMemory device = new ShortOfMemory();
        try (Engine engine = TinyEngine.open(folder, 2, Clock.systemUTC(), new SimpleMeterRegistry(), device)) {
            List<Integer> before = run(engine, "a").ids();
            device.failing.set(failingRun);
            assertThat(run(engine, "b").last()).isInstanceOfSatisfying(TaskEvent.Failed.class,
                    failed -> assertThat(failed.code()).isEqualTo(ErrorCode.VRAM_OOM));
            assertThat(engine.slotsFree()).isEqualTo(2);
            assertThat(run(engine, "c").ids()).isEqualTo(before).hasSize(6);
        }
    }

    private static Transcript run(Engine engine, String job) throws InterruptedException {
        Transcript transcript = new Transcript();
        engine.start(new GenerationRequest(job, new Prompt.Raw("hello hello"), new SamplingParameters(6, 0, Truncation.NONE,
                Penalties.NONE, Map.of(), List.of(), new Seed(1), true, null, new ResponseFormat.Text())), null, transcript);
        return transcript.await();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, Stream*) Failed to allocate memory for requested"
                + " buffer of size 4294967296",
        "CUDA failure 2: out of memory ; GPU=0 ; hostname=h ; expr=cudaMalloc((void**)&p, size);",
        "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; expr=cublasCreate(&cublas_handle_);",
        "Exception caught: std::bad_alloc"})
    void knowsHowCudaAndTheLibrarySayIt(String message) {
        assertThat(new OrtFailure(message).whileRunning().code()).isEqualTo(ErrorCode.VRAM_OOM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Non-zero status code returned while running GroupQueryAttention node.",
        "CUDA failure 700: an illegal memory access was encountered ; GPU=0"})
    void otherFailuresAreNotForWantOfMemory(String message) {
        assertThat(new OrtFailure(message).whileRunning().code()).isEqualTo(ErrorCode.INFERENCE_FAILED);
        assertThat(new OrtFailure(new IllegalStateException()).whileRunning().code())
                .isEqualTo(ErrorCode.INFERENCE_FAILED);
    }
}
