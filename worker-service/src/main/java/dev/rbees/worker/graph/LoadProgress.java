package dev.rbees.worker.graph;

/** Hears how far the loading of a model is. Calls come from several threads. */
@FunctionalInterface
public interface LoadProgress {

    /** What loading is busy with, in order. */
    enum Phase {
        /** The source file is read and its digest made. */
        VERIFY,
        /** The source is turned into a graph and weights. */
        IMPORT,
        /** ONNX Runtime loads them. */
        LOAD,
        /** A first run. */
        WARM_UP
    }

    /** @param done 0 to 1 of this phase */
    void report(Phase phase, double done);
}
