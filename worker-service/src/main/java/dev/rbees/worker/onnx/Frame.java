package dev.rbees.worker.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.worker.graph.DecoderNames;
import dev.rbees.worker.graph.ElementType;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * One kind of run: {@code rows} rows of {@code tokens} tokens, of which {@code wanted} positions give logits. Its inputs are
 * written before a run and its logits read after it; the tensors over that memory are bound once.
 */
final class Frame implements AutoCloseable {

    private static final int ALIGNMENT = 64;

    private final OnnxRuntime runtime;
    private final int vocabulary;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> tensors = new ArrayList<>();
    private final Binding binding;
    private final MemorySegment ids;
    private final MemorySegment lastPositions;
    private final MemorySegment longest;
    private final MemorySegment wanted;
    private final MemorySegment logits;
    private final KvCache.View kv;

    /**
     * @param binding without tensors yet; closed with this frame, also when this fails
     * @param logits gets the logits of a run; perhaps longer than needed, and shared with frames that do not run meanwhile
     * @param kv given back when this frame is closed, not when this fails
     */
    Frame(OnnxRuntime runtime, Binding binding, int rows, int tokens, int wantedCount, MemorySegment logits,
            int vocabulary, KvCache.View kv) throws OrtFailure {
        this.runtime = runtime;
        this.binding = binding;
        this.vocabulary = vocabulary;
        this.logits = logits;
        this.kv = kv;
        try {
            ids = input(DecoderNames.INPUT_IDS, ElementType.INT64, rows, tokens);
            lastPositions = input(DecoderNames.LAST_POSITIONS, ElementType.INT32, rows);
            longest = input(DecoderNames.LONGEST, ElementType.INT32, 1);
            wanted = input(DecoderNames.WANTED, ElementType.INT64, wantedCount);
            MemorySegment used = logits.asSlice(0, CacheMemory.bytes(ElementType.FLOAT, wantedCount, vocabulary));
            binding.output(DecoderNames.LOGITS, tensor(used, ElementType.FLOAT, wantedCount, vocabulary));
            kv.bind(binding);
        } catch (OrtFailure | RuntimeException e) {
            release();
            throw e;
        }
    }

    /** Memory for the logits of so many positions. */
    static MemorySegment logits(Arena arena, int positions, int vocabulary) {
        return arena.allocate(CacheMemory.bytes(ElementType.FLOAT, positions, vocabulary), ALIGNMENT);
    }

    private MemorySegment input(String name, ElementType type, long... dimensions) throws OrtFailure {
        MemorySegment memory = memory(type, dimensions);
        binding.input(name, tensor(memory, type, dimensions));
        return memory;
    }

    private MemorySegment memory(ElementType type, long... dimensions) {
        return arena.allocate(CacheMemory.bytes(type, dimensions), ALIGNMENT);
    }

    private MemorySegment tensor(MemorySegment memory, ElementType type, long... dimensions) throws OrtFailure {
        MemorySegment tensor = runtime.createTensor(memory, type, dimensions);
        tensors.add(tensor);
        return tensor;
    }

    void token(int index, int id) {
        ids.setAtIndex(JAVA_LONG, index, id);
    }

    void lastPosition(int row, int position) {
        lastPositions.setAtIndex(JAVA_INT, row, position);
    }

    void longest(int positions) {
        longest.set(JAVA_INT, 0, positions);
    }

    void wanted(int index, int position) {
        wanted.setAtIndex(JAVA_LONG, index, position);
    }

    /** @param options perhaps {@link MemorySegment#NULL} */
    void run(MemorySegment options) throws OrtFailure {
        binding.run(options);
    }

    /** Copies the logits of the wanted position {@code index} into {@code target}, which has room for the vocabulary. */
    void copyLogits(int index, float[] target) {
        MemorySegment.copy(logits, JAVA_FLOAT, (long) index * vocabulary * Float.BYTES, target, 0, vocabulary);
    }

    @Override
    public void close() {
        release();
        kv.done(runtime.api());
    }

    private void release() {
        binding.close();
        tensors.forEach(runtime.api()::releaseTensor);
        arena.close();
    }
}
