package dev.rbees.orchestrator.worker;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerSecret;

/** Whose the ids are that are in use. Forgets those that were silent for long. Any thread. */
public final class WorkerIds {

    private final WorkerSecrets secrets;
    private final InstantSource clock;
    private final Map<String, KnownWorker> known = new HashMap<>();

    public WorkerIds(WorkerSecrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /**
     * Gives the id to a worker.
     *
     * @param lost whether the one that has it so far seems to be gone
     * @return with what the worker shows from now on
     * @throws RbeesException CONFLICT when another worker has it
     */
    public synchronized WorkerSecrets.Decision.Accepted register(WorkerRegistration newcomer, boolean lost) {
        Instant now = clock.instant();
        // why: before the silent are forgotten, because it may be we who could not hear
        KnownWorker before = known.get(newcomer.workerId());
        known.values().removeIf(one -> one.lastSeen().plus(Fleet.SILENCE).isBefore(now));
        KnownWorker existing = before == null
                ? null
                : new KnownWorker(before.endpoint(), before.secretSha256(), before.showsSecret(), before.lastSeen(), lost);
        return switch (secrets.decide(existing, newcomer, newcomer.secret(), now)) {
            case WorkerSecrets.Decision.Accepted accepted -> {
                known.put(newcomer.workerId(), accepted.known());
                yield accepted;
            }
            case WorkerSecrets.Decision.Conflict conflict ->
                throw new RbeesException(ErrorCode.CONFLICT, conflict.message());
        };
    }

    /**
     * Hears a sign of life.
     *
     * @throws RbeesException CONFLICT when it is not from the worker that has the id
     */
    public synchronized void heard(String id, @Nullable WorkerSecret shown) {
        check(id, shown);
        known.computeIfPresent(id, (_, worker) -> worker.seen(shown, clock.instant()));
    }

    /**
     * Frees the id.
     *
     * @param anybody whether the caller may end every worker
     * @throws RbeesException CONFLICT when it is not from the worker that has the id
     */
    public synchronized void leave(String id, @Nullable WorkerSecret shown, boolean anybody) {
        if (shown != null || !anybody) {
            check(id, shown);
        }
        known.remove(id);
    }

    private void check(String id, @Nullable WorkerSecret shown) {
        KnownWorker worker = known.get(id);
        if (worker != null && !worker.is(shown)) {
            throw new RbeesException(ErrorCode.CONFLICT,
                    "the id " + id + " belongs to a worker with another secret; register again to get one");
        }
    }
}
