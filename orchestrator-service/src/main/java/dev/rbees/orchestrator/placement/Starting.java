package dev.rbees.orchestrator.placement;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/** A worker that is being started, or was and has not registered yet. */
final class Starting {

    final long number;
    final String workerId;
    final String model;
    final Site site;
    final long bytes;
    final Instant since;
    /** When its process was there; null before. */
    private @Nullable Instant done;
    private Instant loading;
    private String phase = "start";
    private int percent;

    Starting(long number, String workerId, PlacementStep.Start step, Instant now) {
        this.number = number;
        this.workerId = workerId;
        this.model = step.model();
        this.site = step.site();
        this.bytes = step.bytes();
        this.since = now;
        this.loading = now;
    }

    /** A download is no part of the time that loading takes. */
    void progress(String newPhase, int newPercent, Instant now) {
        if (!newPhase.equals(phase)) {
            loading = now;
        }
        phase = newPhase;
        percent = newPercent;
    }

    void done(Instant now) {
        done = now;
    }

    @Nullable
    Instant done() {
        return done;
    }

    Instant loading() {
        return loading;
    }

    String phase() {
        return phase;
    }

    int percent() {
        return percent;
    }
}
