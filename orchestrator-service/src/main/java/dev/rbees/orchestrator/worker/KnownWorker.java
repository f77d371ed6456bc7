package dev.rbees.orchestrator.worker;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.WorkerSecret;

/**
 * By what a worker is known again.
 *
 * @param endpoint where it lives
 * @param secretSha256 hex SHA-256 of the secret of its registration
 * @param showsSecret whether it has ever shown that secret; workers of older versions never do
 * @param lastSeen its last sign of life
 * @param lost whether a connection to it broke after that, or it broke the rules of its answers
 */
public record KnownWorker(String endpoint, String secretSha256, boolean showsSecret, Instant lastSeen, boolean lost) {

    /** Whether somebody who shows this may speak for it: who has shown the secret once has to show it always. */
    public boolean is(@Nullable WorkerSecret shown) {
        return shown == null ? !showsSecret : shown.is(secretSha256);
    }

    /** Heard again, from somebody who may speak for it. */
    public KnownWorker seen(@Nullable WorkerSecret shown, Instant now) {
        return new KnownWorker(endpoint, secretSha256, showsSecret || shown != null, now, false);
    }
}
