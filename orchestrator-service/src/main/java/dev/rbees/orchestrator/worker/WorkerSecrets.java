package dev.rbees.orchestrator.worker;

import java.time.Instant;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerSecret;

/** Whose an id is: the first who comes has it until it leaves or has been silent for {@link Fleet#SILENCE}. Keeps nothing. */
public final class WorkerSecrets {

    private final RandomGenerator random;

    /** @param random whose numbers nobody can guess */
    public WorkerSecrets(RandomGenerator random) {
        this.random = random;
    }

    /** What becomes of a registration. */
    public sealed interface Decision {

        /**
         * The worker has the id.
         *
         * @param secret to be told to it, and not to be kept
         * @param known to be kept
         * @param again whether it is the process that had the id already
         */
        record Accepted(WorkerSecret secret, KnownWorker known, boolean again) implements Decision {}

        /**
         * The id belongs to another worker.
         *
         * @param message why, and what to do
         */
        record Conflict(String message) implements Decision {}
    }

    /**
     * Decides on a registration. Who shows the secret of the one that is known is that one, wherever it lives now, and keeps its secret.
     * A new process at the same address that shows none is taken for a restart, where the old one never showed its secret or a
     * connection to it has broken.
     *
     * @param existing who has the id, null for nobody
     * @param newcomer the registration
     * @param shown the secret that it shows, null for none
     */
    public Decision decide(@Nullable KnownWorker existing, WorkerRegistration newcomer, @Nullable WorkerSecret shown,
            Instant now) {
        if (existing == null || existing.lastSeen().plus(Fleet.SILENCE).isBefore(now)
                || isTheSame(existing, newcomer, shown)) {
            WorkerSecret secret = shown == null ? WorkerSecret.random(random) : shown;
            return new Decision.Accepted(secret,
                    new KnownWorker(newcomer.endpoint(), secret.sha256(), shown != null, now, false),
                    existing != null && shown != null && existing.is(shown));
        }
        return new Decision.Conflict(
                "the id " + newcomer.workerId() + " belongs to another worker that lives; start this one with"
                        + " another --worker-id, or stop that one: its id is free after " + Fleet.SILENCE.toSeconds()
                        + " s of silence");
    }

    private static boolean isTheSame(KnownWorker existing, WorkerRegistration newcomer, @Nullable WorkerSecret shown) {
        if (shown != null) {
            return existing.is(shown);
        }
        return existing.endpoint().equals(newcomer.endpoint()) && (existing.lost() || !existing.showsSecret());
    }
}
