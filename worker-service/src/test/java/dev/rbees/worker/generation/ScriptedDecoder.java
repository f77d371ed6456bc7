package dev.rbees.worker.generation;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.onnx.Decoder;

/** A decoder whose runs a test decides. Its vocabulary has four tokens, and each slot 64 positions. */
final class ScriptedDecoder implements Decoder {

    static final int VOCABULARY = 4;

    /** What a test wants to happen in a run, on the thread that runs it. */
    interface Script {
        /** A piece of a prompt is read. */
        default void prefill(int slot) {
            // nothing happens
        }

        /**
         * A step is made.
         *
         * @param rows slots that take part
         */
        default void decode(int rows) {
            // nothing happens
        }

        /** The token that the next choice will like best. */
        default int favourite(int slot, int rows) {
            return 0;
        }
    }

    private final Script script;

    ScriptedDecoder(Script script) {
        this.script = script;
    }

    @Override
    public int positions() {
        return 64;
    }

    @Override
    public int vocabulary() {
        return VOCABULARY;
    }

    @Override
    public long cacheBytes() {
        return 0;
    }

    @Override
    public boolean prefill(int slot, int past, int[] tokens, float @Nullable [] logits) {
        script.prefill(slot);
        return true;
    }

    @Override
    public void interrupt() {
        // its runs end by themselves
    }

    @Override
    public Logits decode(int firstSlot, int[] tokens, int[] pasts, int[] wanted) {
        script.decode(wanted.length);
        return (index, target) -> {
            for (int id = 0; id < target.length; id++) {
                target[id] = id == script.favourite(firstSlot + wanted[index], wanted.length) ? 1 : 0;
            }
        };
    }

    @Override
    public void close() {
        // it holds nothing
    }
}
