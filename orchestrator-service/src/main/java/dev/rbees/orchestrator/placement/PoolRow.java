package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolState;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.PoolView;
import dev.rbees.orchestrator.time.Moment;

/** What is known of a pool. */
final class PoolRow {

    /** Without a good answer for this long, nothing is known any more. */
    static final Duration STALE = Duration.ofSeconds(45);

    private PoolRegistration registration;
    private boolean draining;
    private boolean unusable;
    private @Nullable String problem;
    private @Nullable Moment lastSeen;
    private @Nullable PoolStatus status;

    PoolRow(PoolRegistration registration) {
        this.registration = registration;
    }

    PoolRegistration registration() {
        return registration;
    }

    void registration(PoolRegistration changed) {
        registration = changed;
        unusable = false;
        problem = null;
    }

    void draining(boolean now) {
        draining = now;
    }

    void seen(PoolStatus said, Moment now) {
        status = said;
        lastSeen = now;
        unusable = false;
        problem = null;
    }

    void unseen(String why, boolean forGood) {
        problem = why;
        unusable = forGood;
    }

    /** This program could hear nobody for a while, which is not the pool's fault. */
    void forgive(Duration deaf) {
        if (lastSeen != null) {
            lastSeen = new Moment(lastSeen.wall(), lastSeen.steady().plus(deaf));
        }
    }

    /** Whether it has answered, or was found not to. */
    boolean heard() {
        return lastSeen != null || problem != null;
    }

    @Nullable
    PoolStatus status() {
        return status;
    }

    PoolState state(Instant now) {
        if (unusable) {
            return PoolState.FAILED;
        }
        if (lastSeen == null || lastSeen.steady().plus(STALE).isBefore(now)) {
            return PoolState.UNREACHABLE;
        }
        return draining ? PoolState.DRAINING : PoolState.ONLINE;
    }

    PoolView view(Instant now) {
        PoolState state = state(now);
        String why = state == PoolState.UNREACHABLE && problem == null
                ? lastSeen == null ? "it has not answered yet" : "it has not answered for " + STALE.toSeconds() + " s"
                : problem;
        return new PoolView(registration.id(), registration.host(), registration.labels(), registration.onDemand(),
                registration.tunnel(), state, why, lastSeen == null ? null : lastSeen.wall(), status);
    }
}
