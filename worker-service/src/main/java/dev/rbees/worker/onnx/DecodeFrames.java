package dev.rbees.worker.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The frames of decode steps: one for each kind of step, as many of the last used kinds as are worth keeping. They all write their
 * logits into one buffer of slots × vocabulary, which {@code MemoryPlan} counts. One thread at a time, which the session checks.
 */
final class DecodeFrames implements AutoCloseable {

    /** why: kinds are as many as the cube of the slots; a worker with 16 slots comes by some dozens of them. */
    static final int KEPT = 128;

    /**
     * What makes a frame fit a step.
     *
     * @param firstSlot the first of the neighbouring slots
     * @param rows how many they are
     * @param wanted positions whose logits are wanted
     */
    record Kind(int firstSlot, int rows, int wanted) {}

    /** Makes a frame that writes into {@code logits}. */
    @FunctionalInterface
    interface Maker {
        Frame make(Kind kind, MemorySegment logits) throws OrtFailure;
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment logits;
    private final Maker maker;
    /** The one that was used longest ago comes first. */
    private final SequencedMap<Kind, Frame> frames = new LinkedHashMap<>(16, 0.75f, true);

    DecodeFrames(int slots, int vocabulary, Maker maker) {
        this.logits = Frame.logits(arena, slots, vocabulary);
        this.maker = maker;
    }

    /** The frame for a step of this kind; valid until the next call. */
    Frame of(Kind kind) throws OrtFailure {
        Frame frame = frames.get(kind);
        if (frame == null) {
            Map.Entry<Kind, Frame> oldest = frames.size() == KEPT ? frames.pollFirstEntry() : null;
            if (oldest != null) {
                oldest.getValue().close();
            }
            frame = maker.make(kind, logits);
            frames.put(kind, frame);
        }
        return frame;
    }

    int kept() {
        return frames.size();
    }

    long logitsBytes() {
        return logits.byteSize();
    }

    @Override
    public void close() {
        frames.values().forEach(Frame::close);
        arena.close();
    }
}
