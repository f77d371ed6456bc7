package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.WaitingFor;
import dev.rbees.orchestrator.placement.Placement;
import dev.rbees.orchestrator.placement.PlacementStep;
import dev.rbees.orchestrator.queue.ModelQueue;
import dev.rbees.orchestrator.scheduling.Candidates;
import dev.rbees.orchestrator.time.Moment;

/** Models come to machines: workers are started for tasks that wait, make room for others, and go when they have no work. */
final class PoolTransitions {

    /** why: each command would look at all pools anew, and nothing of it is that urgent. */
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration QUIET_PAUSE = Duration.ofSeconds(1);
    private static final int TEN = 10;

    private final State state;
    private final TaskTransitions tasks;
    private final Placement placement;
    /** Why a model is not started, by site. */
    private final Map<String, Map<String, String>> verdicts = new HashMap<>();
    private Instant next = Instant.MIN;
    private Instant nextRefresh = Instant.MIN;

    PoolTransitions(State state, TaskTransitions tasks) {
        this.state = state;
        this.tasks = tasks;
        this.placement = new Placement(state.pools, state.random);
    }

    // ---- what is decided

    /** Starts what tasks wait for, and lets go whom nobody needs. */
    void place(Moment now) {
        if (!state.pools.anyOnDemand() || next.isAfter(now.steady())) {
            return;
        }
        List<Placement.Wanted> wanted = wanted();
        next = now.steady().plus(wanted.isEmpty() ? QUIET_PAUSE : PAUSE);
        Placement.Decided decided = placement.decide(wanted, state.fleet::isBusy, now.steady());
        decided.starts().forEach(start -> state.emit(new Effect.StartWorker(start.start(), start.step().site().pool(),
                start.workerId(), start.step().model(), start.step().site().backend(), start.step().site().gpu(),
                start.step().bytes(), start.step().download(), state.pools.settings().startLimit())));
        placement.retiring().forEach(worker -> state.fleet.retire(worker, now));
        placement.leaving(state.fleet::isBusy, now.steady())
                .forEach(worker -> state.emit(new Effect.StopWorker(worker.pool(), worker.workerId(), worker.room())));
        note(wanted, decided.waits());
    }

    /** Somebody comes: a quiet time is over. */
    void hurry(Moment now) {
        Instant soon = now.steady().plus(PAUSE);
        next = next.isAfter(soon) ? now.steady() : next;
    }

    private List<Placement.Wanted> wanted() {
        List<Placement.Wanted> wanted = new ArrayList<>();
        for (String model : state.queue.models()) {
            ModelQueue<LiveTask> line = state.queue.line(model);
            Candidates workers = state.fleet.candidates(model);
            line.first().ifPresent(_ -> wanted.add(new Placement.Wanted(model, line.size(), oldest(line),
                    workers.counts().values().stream().mapToInt(Integer::intValue).sum(), state.fleet.slots(model))));
        }
        return wanted;
    }

    /** why: the class that goes first does not hide how long the other waits. */
    private static Instant oldest(ModelQueue<LiveTask> line) {
        return line.heads().stream().map(LiveTask::since).min(Instant::compareTo).orElseThrow();
    }

    /** For what the tasks of each model wait that no worker has. */
    private void note(List<Placement.Wanted> wanted, List<PlacementStep.Wait> waits) {
        state.waitingFor.clear();
        verdicts.clear();
        for (PlacementStep.Wait wait : waits) {
            state.waitingFor.put(wait.model(), new WaitingFor(wait.code(), null, null));
            verdicts.put(wait.model(),
                    wait.verdicts().stream().collect(Collectors.toMap(verdict -> verdict.site().toString(),
                            PlacementStep.Verdict::why, (one, _) -> one, LinkedHashMap::new)));
        }
        wanted.stream().filter(one -> one.workers() == 0).forEach(one -> placement.progress(one.model())
                .ifPresent(progress -> state.waitingFor.put(one.model(), new WaitingFor("worker_starting", progress.pool(),
                        new WaitingFor.Progress(progress.phase(), progress.percent() / TEN * TEN)))));
    }

    /** Why a model is not started, by pool and device; empty when it is, or need not be. */
    Map<String, String> verdicts(String model) {
        return verdicts.getOrDefault(model, Map.of());
    }

    // ---- what becomes of it

    void progress(long start, String phase, int percent, Moment now) {
        placement.progress(start, phase, percent, now.steady());
    }

    void started(long start, Moment now) {
        placement.started(start, now.steady());
    }

    /** why: one that is to go, and was silent for a while, must not be given a task before it goes. */
    void registered(String workerId, Moment now) {
        placement.registered(workerId, now.steady());
        placement.silentPool(workerId, now.steady()).ifPresent(pool -> state.emit(new Effect.ProbePool(pool)));
        if (placement.isRetiring(workerId)) {
            state.fleet.retire(workerId, now);
        }
    }

    void startFailed(long start, ErrorCode code, String message, Moment now) {
        placement.failed(start, code, message, now.steady()).ifPresent(failure -> {
            state.emit(new Effect.ProbePool(failure.pool()));
            giveUp(failure, code, message, now);
        });
    }

    /** Tasks do not wait for a model that cannot be started and that no worker has. */
    private void giveUp(Placement.Failure failure, ErrorCode code, String message, Moment now) {
        if (failure.givenUp() && state.fleet.candidates(failure.model()).nobody()) {
            List<LiveTask> waiting = new ArrayList<>();
            state.queue.line(failure.model()).forEach(waiting::add);
            waiting.forEach(task -> tasks.end(task, code, message, now));
        }
    }

    void stopped(String poolId, String workerId, boolean done, Moment now) {
        placement.stopped(workerId, done, now.steady());
        state.emit(new Effect.ProbePool(poolId));
    }

    void tick(Moment now) {
        if (nextRefresh.isAfter(now.steady())) {
            return;
        }
        nextRefresh = now.steady().plus(QUIET_PAUSE);
        state.pools.refresh(now);
        placement.silent(now.steady()).forEach(failure -> giveUp(failure, ErrorCode.WORKER_START_FAILED,
                "the worker that was started for this task has not registered; see its log on " + failure.pool(), now));
    }
}
