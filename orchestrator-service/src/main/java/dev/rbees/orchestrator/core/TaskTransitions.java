package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
import dev.rbees.orchestrator.queue.Ticket;
import dev.rbees.orchestrator.scheduling.PlacementPreference;
import dev.rbees.orchestrator.scheduling.Scheduler;
import dev.rbees.orchestrator.scheduling.Scheduler.Assignment;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.time.Moment;
import dev.rbees.orchestrator.worker.Fleet;

/**
 * The life of a task: it comes, waits, is given to a worker, begins, comes back or is tried again, and ends. Record, queue, timers and
 * fleet change together; what is to be done outside is emitted.
 */
final class TaskTransitions {

    private static final Logger LOG = LoggerFactory.getLogger(TaskTransitions.class);
    private static final int MAX_WORKER_DEATHS = 3;
    private static final int MAX_AT_ONCE = 256;
    private static final Duration NO_ROOM_PAUSE = Duration.ofMillis(250);
    private static final Duration STORAGE_PAUSE = Duration.ofSeconds(1);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final State state;
    private final WaitingTasks waiting;
    private final Scheduler scheduler;

    TaskTransitions(State state, WaitingTasks waiting) {
        this.state = state;
        this.waiting = waiting;
        this.scheduler = new Scheduler(state.settings.policy());
    }

    // ---- it comes

    /** A task was accepted: it waits, with those of its flow. Gives its position. */
    int enqueue(Command.Entry entry, Moment now) {
        LiveTask task = enter(entry, now);
        Ticket ticket = waiting.join(task);
        state.emit(new Effect.Publish(task.record(), ticket));
        int position = state.queue.position(ticket);
        waiting.tell(task, position, 0, now);
        return position;
    }

    /** A task of an earlier process goes on: it waits again, and what was said of its answer stays. */
    void adopt(Command.Entry entry, Moment now) {
        LiveTask task = enter(entry, now);
        if (task.onWorker()) {
            task.record(task.record().interrupted(now.wall()));
        }
        boolean changed = task.is(TaskState.RETRY_WAIT);
        if (changed) {
            task.record(task.record().requeued());
        }
        Ticket ticket = waiting.join(task);
        if (changed) {
            state.emit(new Effect.Persist(task.record(), ticket));
            waiting.tell(task, state.queue.position(ticket), 0, now);
        } else {
            state.emit(new Effect.Publish(task.record(), ticket));
        }
    }

    private LiveTask enter(Command.Entry entry, Moment now) {
        LiveTask task = new LiveTask(entry, now);
        if (state.live.putIfAbsent(task.id(), task) != null) {
            throw new IllegalStateException("task " + task.id() + " has come twice");
        }
        state.deadlines.set(task.deadline(), task);
        if (task.begun()) {
            begins(task, now);
        } else {
            stage(task, now.steady().plus(state.settings.timeouts().queue()));
        }
        return task;
    }

    // ---- it is given to a worker

    /** Gives every free slot to the next task that waits for its model. */
    void assign(Moment now) {
        for (String model : state.queue.models()) {
            if (!state.fleet.candidates(model).anyFree()) {
                continue;
            }
            List<Assignment<LiveTask>> made;
            do {
                made = scheduler.decide(new Scheduler.Snapshot<>(state.queue.line(model), state.fleet.candidates(model),
                        TaskTransitions::preference, state.affinities::lastWorker, state.decisions), MAX_AT_ONCE);
                made.forEach(assignment -> dispatch(assignment, now));
            } while (made.size() == MAX_AT_ONCE);
        }
    }

    private static PlacementPreference preference(LiveTask task) {
        return new PlacementPreference(task.record().numericsToGoOn(task.tokens()), task.affinity(), task.contextNeeded());
    }

    private void dispatch(Assignment<LiveTask> assignment, Moment now) {
        LiveTask task = assignment.task();
        String id = assignment.workerId();
        WorkerRegistration worker = state.fleet.find(id).orElseThrow();
        state.decisions = assignment.choice().decision();
        state.queue.serve(task.number());
        waiting.leave(task);
        state.throughput.departed(task.record().model(), now.steady());
        state.fleet.occupy(id, task.id(), state.decisions, now);
        state.pools.placements().used(id, true, now.steady());
        state.affinities.note(task, id);
        change(task, task.record().dispatched(id, state.fleet.numerics(id).orElse(null), task.tokens(), assignment.choice(),
                now.wall()));
        LOG.debug("task {} goes to {}: {}", task.id(), id, assignment.choice());
        state.emit(new Effect.Dispatch(task.record(), task.nextAttempt(), worker, now.since(task.record().createdAt())));
    }

    private void change(LiveTask task, Task changed) {
        task.record(changed);
        state.emit(new Effect.Persist(changed, task.ticket()));
    }

    // ---- it begins, and comes back

    void started(LiveTask task, Moment now) {
        boolean first = !task.begun();
        change(task, task.record().running(now.wall()));
        state.fleet.took(task.worker(), now);
        task.forgetPosition();
        if (first) {
            begins(task, now);
        }
    }

    /** why: the limit of a run counts from its first worker, over all that follow. */
    private void begins(LiveTask task, Moment now) {
        stage(task, now.steady().plus(state.settings.timeouts().run()));
    }

    void ended(LiveTask task, AttemptEnd end, int tokens, Moment now) {
        task.tokens(tokens);
        switch (end) {
            case AttemptEnd.Complete(TaskEvent.End last) -> {
                state.throughput.answered(task.record().model(),
                        last.tokensOut() - task.record().attempts().getLast().firstToken(),
                        Duration.ofMillis(last.decodeTimeMs()));
                finish(task, task.record().completed(last, now.wall()), last, Fleet.Outcome.HELD, now);
            }
            case AttemptEnd.Broken broken when broken.noRoom() -> refused(task, broken.code(), now);
            case AttemptEnd.Broken broken when broken.workerLost() -> {
                state.fleet.suspect(task.worker(), task.id(), now);
                lost(task, now);
            }
            case AttemptEnd.Broken broken when fitsElsewhere(task, broken) -> retry(task, task.record().givenBack(),
                    Fleet.Outcome.SILENT, now.steady(), now);
            case AttemptEnd.Broken broken -> end(task, broken.code(), broken.message(), now);
        }
    }

    /** Whether the prompt is too long for that worker, and another has a longer context. */
    private boolean fitsElsewhere(LiveTask task, AttemptEnd.Broken broken) {
        int here = state.fleet.find(task.worker()).map(WorkerRegistration::contextLength).orElse(0);
        if (broken.code() != ErrorCode.CONTEXT_LENGTH_EXCEEDED
                || state.fleet.longestContext(task.record().model()) <= here) {
            return false;
        }
        task.needsMoreThan(here);
        return true;
    }

    // ---- it is tried again

    /** A worker that is full, or shuts down; when it had begun, another goes on. */
    private void refused(LiveTask task, ErrorCode code, Moment now) {
        Task record = task.record();
        state.fleet.refused(task.worker(), now);
        Instant again = now.steady().plus(NO_ROOM_PAUSE);
        boolean begun = task.tokens() > record.attempts().getLast().firstToken();
        retry(task, begun ? record.retrying(code, now.wall()) : record.givenBack(), Fleet.Outcome.SILENT, again, now);
    }

    /** Its request could not be read at present, which is nobody's fault but the storage's. */
    void deferred(LiveTask task, Moment now) {
        retry(task, task.record().givenBack(), Fleet.Outcome.SILENT, now.steady().plus(STORAGE_PAUSE), now);
    }

    /** Its worker is there no longer, or was started anew. */
    void stopped(LiveTask task, int tokens, Moment now) {
        task.tokens(tokens);
        lost(task, now);
    }

    private void lost(LiveTask task, Moment now) {
        long deaths = task.record().workerDeaths() + 1;
        if (deaths >= MAX_WORKER_DEATHS) {
            end(task, ErrorCode.POISON_TASK, "the task is not tried again: " + deaths + " workers were lost with it", now);
            return;
        }
        LOG.warn("task {} lost its worker after {} tokens and goes on elsewhere [{}]", task.id(), task.tokens(),
                task.record().correlationId());
        Instant again = now.steady().plus(backoff(task.nextRetry(), state.random));
        retry(task, task.record().retrying(ErrorCode.WORKER_UNAVAILABLE, now.wall()), Fleet.Outcome.BROKE, again, now);
    }

    private void retry(LiveTask task, Task changed, Fleet.Outcome outcome, Instant when, Moment now) {
        vacate(task, outcome, now);
        change(task, changed);
        state.retries.set(when, task);
    }

    private void vacate(LiveTask task, Fleet.Outcome outcome, Moment now) {
        state.fleet.vacate(task.worker(), task.id(), outcome, now);
        state.pools.placements().used(task.worker(), false, now.steady());
    }

    /** Twice as long each time, and anything from half of that to the whole, so that not all come back at once. */
    static Duration backoff(int retry, RandomGenerator random) {
        Duration full = FIRST_RETRY.multipliedBy(1L << Math.min(retry - 1, 16));
        long bounded = Math.min(full.toMillis(), LONGEST_RETRY.toMillis());
        return Duration.ofMillis(random.nextLong(bounded / 2, bounded + 1));
    }

    /** It waits again, before those that came later. */
    private void requeue(LiveTask task, Moment now) {
        Ticket ticket = waiting.joinAgain(task);
        change(task, task.record().requeued());
        waiting.tell(task, state.queue.position(ticket), 0, now);
    }

    // ---- what was put off until now

    private void stage(LiveTask task, @Nullable Instant end) {
        state.stages.clear(task.stageEnds(), task);
        task.stageEnds(end);
        state.stages.set(end, task);
    }

    void catchUp(Moment now) {
        for (LiveTask task : state.deadlines.take(now.steady())) {
            end(task, ErrorCode.DEADLINE_EXCEEDED, "the task's deadline passed", now);
        }
        for (LiveTask task : state.retries.take(now.steady())) {
            if (task.is(TaskState.RETRY_WAIT)) {
                requeue(task, now);
            }
        }
        for (LiveTask task : state.stages.take(now.steady())) {
            end(task, ErrorCode.TIMEOUT, task.begun()
                    ? "the task ran for " + state.settings.timeouts().run().toSeconds() + " s, which is the limit"
                    : "the task waited for " + state.settings.timeouts().queue().toSeconds() + " s, which is the limit",
                    now);
        }
        waiting.promote(now);
    }

    // ---- it ends

    /** Ends a task without a complete answer; false when it has ended already. */
    boolean end(LiveTask task, ErrorCode code, String message, Moment now) {
        if (task.record().state().terminal()) {
            return false;
        }
        finish(task, task.record().ended(code, message, now.wall()), new TaskEvent.Failed(code, message),
                code == ErrorCode.WORKER_UNAVAILABLE || code == ErrorCode.POISON_TASK
                        ? Fleet.Outcome.BROKE
                        : Fleet.Outcome.SILENT,
                now);
        return true;
    }

    private void finish(LiveTask task, Task ended, TaskEvent last, Fleet.Outcome outcome, Moment now) {
        if (task.onWorker()) {
            vacate(task, outcome, now);
        }
        waiting.leave(task);
        state.deadlines.clear(task.deadline(), task);
        stage(task, null);
        task.record(ended);
        state.live.remove(task.id());
        state.watched.remove(task);
        state.emit(new Effect.Finish(ended, last));
    }
}
