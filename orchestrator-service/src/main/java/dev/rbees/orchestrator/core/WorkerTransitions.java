package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.time.Moment;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModel;

/** The life of a worker: it registers, shows that it lives, and leaves or falls silent. */
final class WorkerTransitions {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerTransitions.class);

    /** Between two ticks no more time should pass; if it did, this program was stopped. */
    private static final Duration LONG_PAUSE = Duration.ofSeconds(2);

    /** why: models that nobody carries are forgotten after days. */
    private static final Duration NOTE_OF_MODELS = Duration.ofHours(1);

    private final State state;

    WorkerTransitions(State state) {
        this.state = state;
    }

    void register(WorkerRegistration worker, boolean again, Moment now) {
        state.emit(new Effect.RememberModel(KnownModel.of(worker)));
        lose(state.fleet.register(worker, again, now));
    }

    void deregister(String id) {
        lose(state.fleet.remove(id));
    }

    void tick(Moment now) {
        if (state.lastTick.isBefore(now.steady().minus(LONG_PAUSE))) {
            Duration deaf = Duration.between(state.lastTick, now.steady());
            state.fleet.forgive(deaf);
            state.pools.forgive(deaf);
        }
        state.lastTick = now.steady();
        for (String worker : state.fleet.silent(now)) {
            LOG.warn("worker {} has been silent for {} s", worker, Fleet.SILENCE.toSeconds());
            lose(state.fleet.remove(worker));
        }
        state.fleet.refresh(now);
        if (!state.nextNoteOfModels.isAfter(now.steady())) {
            state.nextNoteOfModels = now.steady().plus(NOTE_OF_MODELS);
            state.emit(new Effect.NoteModels(state.fleet.models()));
        }
    }

    /** These tasks were on a worker that is there no longer, or was started anew: their attempts are stopped. */
    private void lose(Set<String> tasks) {
        for (String id : tasks) {
            LiveTask task = state.live.get(id);
            if (task != null && task.onWorker()) {
                state.emit(new Effect.StopAttempt(id, task.attempt()));
            }
        }
    }
}
