package dev.rbees.worker.onnx;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.DecoderNames;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;

/** The runtime's own interface for Java, which the worker does not use, is the witness for our binding. */
class JavaInterfaceTest {

    private static final int SLOTS = 3;
    private static final int POSITIONS = 48;
    private static final int[][] PROMPTS = {{1, 40, 71, 100, 8, 250}, {9, 9}, {200, 3, 17, 90, 41, 5, 77, 31}};

    @TempDir
    Path folder;

    /** A decoder over the Java interface; its cache is copied into and out of every run. */
    private static final class Witness implements AutoCloseable {

        private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        private final OrtSession session;
        private final DecoderShape shape;
        private final int slotNumbers;
        /** Keys and values of each layer in turn, each [slots, kvHeads, positions, headSize]. */
        private final List<float[]> cache = new ArrayList<>();

        Witness(ImportedModel model) throws OrtException {
            session = environment.createSession(model.graph(2).toString());
            shape = model.description().shape();
            slotNumbers = shape.kvHeads() * POSITIONS * shape.headSize();
            for (int i = 0; i < 2 * shape.layers(); i++) {
                cache.add(new float[SLOTS * slotNumbers]);
            }
        }

        private static String past(int buffer) {
            return buffer % 2 == 0 ? DecoderNames.pastKey(buffer / 2) : DecoderNames.pastValue(buffer / 2);
        }

        private static String present(int buffer) {
            return buffer % 2 == 0 ? DecoderNames.presentKey(buffer / 2) : DecoderNames.presentValue(buffer / 2);
        }

        /** @return the logits after the last token of each row */
        float[][] run(int firstSlot, long[][] tokens, int[] lastPositions) throws OrtException {
            int rows = tokens.length;
            long[] wanted = new long[rows];
            Arrays.setAll(wanted, row -> (row + 1) * tokens[row].length - 1);
            Map<String, OnnxTensor> inputs = new HashMap<>();
            inputs.put(DecoderNames.INPUT_IDS, OnnxTensor.createTensor(environment, tokens));
            inputs.put(DecoderNames.LAST_POSITIONS, OnnxTensor.createTensor(environment, lastPositions));
            inputs.put(DecoderNames.LONGEST, OnnxTensor.createTensor(environment,
                    new int[] {Arrays.stream(lastPositions).max().orElseThrow() + 1}));
            inputs.put(DecoderNames.WANTED, OnnxTensor.createTensor(environment, wanted));
            for (int i = 0; i < cache.size(); i++) {
                inputs.put(past(i), OnnxTensor.createTensor(environment,
                        FloatBuffer.wrap(cache.get(i), firstSlot * slotNumbers, rows * slotNumbers),
                        new long[] {rows, shape.kvHeads(), POSITIONS, shape.headSize()}));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                for (int i = 0; i < cache.size(); i++) {
                    ((OnnxTensor) result.get(present(i)).orElseThrow()).getFloatBuffer().get(cache.get(i),
                            firstSlot * slotNumbers, rows * slotNumbers);
                }
                return (float[][]) result.get(DecoderNames.LOGITS).orElseThrow().getValue();
            } finally {
                inputs.values().forEach(OnnxTensor::close);
            }
        }

        @Override
        public void close() throws OrtException {
            session.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_1", "F32", "Q6_K"})
    void givesTheSameLogitsAndTheSameCacheBitForBit(TensorEncoding encoding) throws OrtException {
        Path file = TinyModel.of(encoding).write(folder.resolve("m.gguf"), 5);
        ImportedModel model = new ModelImporter(new RbeesHome(folder), ImportOptions.DEFAULT).open(file, (_, _) -> {
        });
        VisibleCache device = new VisibleCache();
        try (DecoderSession session = DecoderSession.open(model, SLOTS, POSITIONS, 2, device);
                Witness witness = new Witness(model)) {
            float[] logits = new float[session.vocabulary()];
            int[] pasts = new int[SLOTS];
            for (int slot = 0; slot < SLOTS; slot++) {
                session.prefill(slot, 0, PROMPTS[slot], logits);
                long[][] tokens = {Arrays.stream(PROMPTS[slot]).asLongStream().toArray()};
                pasts[slot] = PROMPTS[slot].length;
                assertThat(logits).isEqualTo(witness.run(slot, tokens, new int[] {pasts[slot] - 1})[0]);
                assertSameCache(device, witness);
            }
            for (int step = 0; step < 3; step++) {
                decodeRange(session, witness, 0, 3, pasts);
                decodeRange(session, witness, 1, 2, pasts);
                decodeRange(session, witness, 2, 1, pasts);
                assertSameCache(device, witness);
            }
        }
    }

    /** One step for neighbouring slots. */
    private static void decodeRange(DecoderSession session, Witness witness, int firstSlot, int rows, int[] pasts)
            throws OrtException {
        int[] tokens = new int[rows];
        Arrays.setAll(tokens, row -> 11 + 7 * (firstSlot + row) + pasts[firstSlot + row]);
        int[] own = Arrays.copyOfRange(pasts, firstSlot, firstSlot + rows);
        int[] wanted = new int[rows];
        Arrays.setAll(wanted, row -> row);
        Decoder.Logits logits = session.decode(firstSlot, tokens, own, wanted);
        long[][] ids = Arrays.stream(tokens).mapToObj(token -> new long[] {token}).toArray(long[][]::new);
        float[][] expected = witness.run(firstSlot, ids, own);
        float[] actual = new float[session.vocabulary()];
        for (int row = 0; row < rows; row++) {
            logits.copy(row, actual);
            assertThat(actual).isEqualTo(expected[row]);
            pasts[firstSlot + row]++;
        }
    }

    private static void assertSameCache(VisibleCache device, Witness witness) {
        List<float[]> contents = device.contents();
        assertThat(contents).hasSameSizeAs(witness.cache).isNotEmpty();
        for (int i = 0; i < contents.size(); i++) {
            assertThat(contents.get(i)).isEqualTo(witness.cache.get(i)).contains(0f)
                    .isNotEqualTo(new float[contents.get(i).length]);
        }
    }
}
