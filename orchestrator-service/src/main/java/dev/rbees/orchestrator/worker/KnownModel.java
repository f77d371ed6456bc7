package dev.rbees.orchestrator.worker;

import dev.rbees.api.worker.Capabilities;
import dev.rbees.api.worker.WorkerRegistration;

/**
 * A model that somebody may name.
 *
 * @param id its name
 * @param digest hex SHA-256 of its source file
 * @param contextLength positions of a slot
 * @param generates whether it makes text, so that tasks may name it; otherwise it makes embeddings
 */
public record KnownModel(String id, String digest, int contextLength, boolean generates) {

    /** A model that makes text. */
    public KnownModel(String id, String digest, int contextLength) {
        this(id, digest, contextLength, true);
    }

    /** The model of a worker. */
    public static KnownModel of(WorkerRegistration worker) {
        return new KnownModel(worker.modelId(), worker.modelDigest(), worker.contextLength(),
                worker.capabilities().contains(Capabilities.TEXT_GENERATION));
    }
}
