package dev.rbees.orchestrator.scheduling;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Chooses the worker whose slots are used least; among equals the one with more slots, then the first by id. */
public final class LeastLoaded {

    private static final Comparator<WorkerLoad> ORDER = LeastLoaded::byShare;

    private LeastLoaded() {}

    /** The worker to take, if one has room. */
    public static Optional<WorkerLoad> choose(Collection<WorkerLoad> workers) {
        return workers.stream().filter(WorkerLoad::hasRoom).min(ORDER
                .thenComparing(WorkerLoad::slots, Comparator.reverseOrder()).thenComparing(WorkerLoad::workerId));
    }

    /** why: compares a.running / a.slots with b.running / b.slots in whole numbers. */
    private static int byShare(WorkerLoad a, WorkerLoad b) {
        return Long.compare((long) a.running() * b.slots(), (long) b.running() * a.slots());
    }
}
