package dev.rbees.orchestrator.worker;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.Capabilities;
import dev.rbees.api.worker.WorkerRegistration;

/**
 * A model that somebody may name.
 *
 * @param id its name
 * @param digest hex SHA-256 of its source file, or {@code unknown}
 * @param contextLength positions of a slot
 * @param generates whether it makes text, so that tasks may name it; otherwise it makes embeddings
 * @param seen when a worker was last known to have it; null where nobody took note
 */
public record KnownModel(String id, String digest, int contextLength, boolean generates, @Nullable Instant seen) {

    /** A model that makes text. */
    public KnownModel(String id, String digest, int contextLength) {
        this(id, digest, contextLength, true, null);
    }

    /** The model of a worker. */
    public static KnownModel of(WorkerRegistration worker) {
        return new KnownModel(worker.modelId(), worker.modelDigest(), worker.contextLength(),
                worker.capabilities().contains(Capabilities.TEXT_GENERATION), null);
    }

    KnownModel seenAt(Instant when) {
        return new KnownModel(id, digest, contextLength, generates, when);
    }

    /** Whether both say the same of the model, whenever it was seen. */
    boolean sameAs(@Nullable KnownModel other) {
        return other != null && seenAt(Instant.EPOCH).equals(other.seenAt(Instant.EPOCH));
    }
}
