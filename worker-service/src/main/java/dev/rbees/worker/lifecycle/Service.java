package dev.rbees.worker.lifecycle;

import dev.rbees.api.worker.Capabilities;
import dev.rbees.worker.embedding.Embedder;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.generation.Workload;

/** What a worker can be asked for, by the kind of its model. */
public sealed interface Service {

    /** What is the same for all kinds. */
    Workload workload();

    /** Its name in {@code /health} and in the registration. */
    String capability();

    /** Texts that go on. */
    record Generation(Engine workload) implements Service {
        @Override
        public String capability() {
            return Capabilities.TEXT_GENERATION;
        }
    }

    /** Numbers that stand for texts. */
    record Embedding(Embedder workload) implements Service {
        @Override
        public String capability() {
            return Capabilities.EMBEDDING;
        }
    }
}
