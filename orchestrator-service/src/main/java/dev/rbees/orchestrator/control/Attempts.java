package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
import dev.rbees.orchestrator.dispatch.AttemptOrder;
import dev.rbees.orchestrator.scheduling.Scheduler;
import dev.rbees.orchestrator.scheduling.Scheduler.Assignment;
import dev.rbees.orchestrator.scheduling.Wish;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.worker.Fleet;

/** Tasks on workers: who gets what, and what becomes of it. Control thread. */
final class Attempts {

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private static final int MAX_WORKER_DEATHS = 3;
    private static final int MAX_AT_ONCE = 256;
    private static final Duration NO_ROOM_PAUSE = Duration.ofMillis(250);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final ControlTools tools;
    private final TaskMoves moves;
    private final Fleet fleet;
    private final Consumer<Command> control;
    private final Scheduler scheduler;
    private final Affinities affinities;
    private long decisions;

    Attempts(ControlTools tools, TaskMoves moves, Consumer<Command> control) {
        this.tools = tools;
        this.moves = moves;
        this.fleet = tools.fleet();
        this.control = control;
        this.scheduler = new Scheduler(tools.policy());
        this.affinities = new Affinities(tools.policy());
    }

    /** Gives every free slot to the next task that waits for its model. */
    void assign(Instant now) {
        for (String model : moves.queue().models()) {
            List<Assignment<LiveTask>> made;
            do {
                made = scheduler.decide(new Scheduler.Snapshot<>(moves.queue().line(model), fleet.candidates(model),
                        this::wish, affinities::lastWorker, decisions), MAX_AT_ONCE);
                made.forEach(assignment -> dispatch(assignment, now));
            } while (made.size() == MAX_AT_ONCE);
        }
    }

    private Wish wish(LiveTask task) {
        return new Wish(task.record().numericsToGoOn(task.log().tokens()), affinities.of(task));
    }

    private void dispatch(Assignment<LiveTask> assignment, Instant now) {
        LiveTask task = assignment.task();
        WorkerRegistration worker = fleet.find(assignment.workerId()).orElseThrow();
        String id = worker.workerId();
        Task record = task.record();
        decisions = assignment.choice().decision();
        moves.leaveQueueForWorker(task);
        fleet.occupy(id, task.id(), decisions);
        affinities.note(task, id);
        moves.change(task, record.dispatched(id, fleet.numerics(id).orElse(null), task.log().tokens(), assignment.choice(),
                now));
        Duration waited = Duration.between(record.createdAt(), now);
        tools.meters().dispatched(waited);
        LOG.debug("task {} goes to {}: {}", task.id(), id, assignment.choice());
        int number = task.nextAttempt();
        task.stopsWith(tools.dispatcher().begin(
                new AttemptOrder(id, worker.endpoint(), task.request(), worker.contextLength(), worker.vocabSize(),
                        record.deadline(), record.correlationId(), record.trace()),
                new RunningAttempt(task, number, id, waited.toMillis(), control)));
    }

    void started(LiveTask task, int number, Instant now) {
        if (task.isCurrent(number)) {
            moves.change(task, task.record().running(now));
        }
    }

    void ended(LiveTask task, int number, AttemptEnd end, Instant now) {
        if (!task.isCurrent(number)) {
            return;
        }
        switch (end) {
            case AttemptEnd.Complete(TaskEvent.End last) -> {
                tools.rates().answered(task.record().model(),
                        last.tokensOut() - task.record().attempts().getLast().firstToken(),
                        Duration.ofMillis(last.decodeTimeMs()));
                moves.finish(task, task.record().completed(last, now), last, Fleet.Outcome.HELD);
            }
            case AttemptEnd.Broken broken -> broken(task, broken, now);
        }
    }

    /** These tasks were on a worker that is there no longer, or was started anew. */
    void lose(Set<String> tasks, Instant now) {
        for (String id : tasks) {
            tools.directory().live(id).filter(LiveTask::onWorker).ifPresent(task -> {
                task.stopAttempt();
                lost(task, now);
            });
        }
    }

    private void broken(LiveTask task, AttemptEnd.Broken broken, Instant now) {
        task.stopAttempt();
        if (broken.noRoom()) {
            refused(task, broken.code(), now);
        } else if (broken.workerLost()) {
            fleet.suspect(task.worker());
            lost(task, now);
        } else {
            moves.end(task, broken.code(), broken.message(), now);
        }
    }

    /** A worker that is full, or shuts down; when it had begun, another goes on. */
    private void refused(LiveTask task, ErrorCode code, Instant now) {
        Task record = task.record();
        Instant again = now.plus(NO_ROOM_PAUSE);
        fleet.pause(task.worker(), again);
        boolean begun = task.log().tokens() > record.attempts().getLast().firstToken();
        moves.retry(task, begun ? record.retrying(code, now) : record.givenBack(), Fleet.Outcome.SILENT, again);
    }

    private void lost(LiveTask task, Instant now) {
        long deaths = task.record().workerDeaths() + 1;
        if (deaths >= MAX_WORKER_DEATHS) {
            moves.end(task, ErrorCode.POISON_TASK,
                    "the task is not tried again: " + deaths + " workers were lost with it", now);
            return;
        }
        Instant when = now.plus(backoff(task.nextRetry(), tools.random()));
        moves.retry(task, task.record().retrying(ErrorCode.WORKER_UNAVAILABLE, now), Fleet.Outcome.BROKE, when);
        LOG.warn("task {} lost its worker after {} tokens and goes on elsewhere [{}]", task.id(), task.log().tokens(),
                task.record().correlationId());
    }

    /** Twice as long each time, and anything from half of that to the whole, so that not all come back at once. */
    static Duration backoff(int retry, RandomGenerator random) {
        Duration full = FIRST_RETRY.multipliedBy(1L << Math.min(retry - 1, 16));
        long bounded = Math.min(full.toMillis(), LONGEST_RETRY.toMillis());
        return Duration.ofMillis(random.nextLong(bounded / 2, bounded + 1));
    }
}
