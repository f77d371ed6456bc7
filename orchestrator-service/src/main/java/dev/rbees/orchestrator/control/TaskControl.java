package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
import dev.rbees.orchestrator.scheduling.Availability;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModel;

/**
 * What is to be done after each command: who waits, who runs where, who has ended. Runs on the control thread alone, so that
 * it needs no locks and each decision sees all that came before.
 */
final class TaskControl {

    private static final Logger LOG = LoggerFactory.getLogger(TaskControl.class);
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration PURGE_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONG_PAUSE = Duration.ofSeconds(2);

    private final ControlTools tools;
    private final Fleet fleet;
    private final Consumer<Command> control;
    private final TaskMoves moves;
    private final Attempts attempts;
    private final Set<LiveTask> watched = new LinkedHashSet<>();
    private Instant lastTick = Instant.MAX;
    private Instant nextPurge = Instant.MIN;
    private boolean draining;

    /** @param control takes what attempts have to say, from other threads */
    TaskControl(ControlTools tools, Consumer<Command> control) {
        this.tools = tools;
        this.fleet = tools.fleet();
        this.control = control;
        this.moves = new TaskMoves(tools);
        this.attempts = new Attempts(tools, moves, control);
    }

    /** Does what the command says, then gives work to whoever is free. */
    void handle(Command command) {
        Instant now = tools.clock().instant();
        switch (command) {
            case Command.Enqueue(LiveTask task, var position) -> position.complete(enqueue(task));
            case Command.Cancel(String id, var done) -> done.complete(tools.directory().live(id)
                    .filter(task -> moves.end(task, ErrorCode.CANCELLED, "the task was cancelled", now)).isPresent());
            case Command.Explain(String id, var answer) -> answer.complete(
                    tools.directory().live(id).map(task -> Explanation.of(task.record(), waiting(task), now)));
            case Command.MakeRoom(Priority priority, var done) -> done.complete(makeRoom(priority, now));
            case Command.Register(WorkerRegistration worker, var done) -> {
                register(worker, now);
                done.complete(true);
            }
            case Command.Heartbeat(String id, var heartbeat, var known) -> known.complete(fleet.heartbeat(id, heartbeat));
            case Command.Deregister(String id, var done) -> {
                attempts.lose(fleet.remove(id), now);
                done.complete(true);
            }
            case Command.AttemptStarted(LiveTask task, int number) -> attempts.started(task, number, now);
            case Command.AttemptEnded(LiveTask task, int number, AttemptEnd end) ->
                attempts.ended(task, number, end, now);
            case Command.Watch(LiveTask task) -> watched.add(task);
            case Command.Tick() -> tick(now);
            case Command.Drain() -> draining = true;
        }
        if (!draining) {
            attempts.assign(now);
        }
        tools.meters().waiting(moves.queue());
    }

    private int enqueue(LiveTask task) {
        if (task.record().onDisconnect() == OnDisconnect.CANCEL) {
            task.log().whenAbandoned(() -> control.accept(new Command.Cancel(task.id(), new CompletableFuture<>())));
        }
        task.log().whenJoined(() -> control.accept(new Command.Watch(task)));
        watched.add(task); // why: after a restart a reader may have been quicker
        return moves.enqueue(task);
    }

    private Explanation.@Nullable Waiting waiting(LiveTask task) {
        Map<Availability, Integer> workers = fleet.candidates(task.record().model()).counts();
        Integer position = task.position();
        if (task.is(TaskState.RETRY_WAIT)) {
            return new Explanation.Waiting("retry", null, null, Availability.named(workers));
        }
        if (position == null) {
            return null;
        }
        String reason = workers.isEmpty() ? "no_worker"
                : workers.containsKey(Availability.FREE) ? "its_turn" : "no_free_slot";
        return new Explanation.Waiting(reason, position,
                tools.rates().untilStart(task.record().model(), position).map(Duration::toMillis).orElse(null),
                Availability.named(workers));
    }

    /** Gives a batch task up for a new one, as the policy says; false when none is to be given up. */
    private boolean makeRoom(Priority newcomer, Instant now) {
        Optional<LiveTask> victim = switch (tools.fullQueue()) {
            case REJECT -> Optional.empty();
            case DROP_LRU -> moves.queue().oldestBatch();
            case SHED_LOW_PRIORITY ->
                newcomer == Priority.INTERACTIVE ? moves.queue().newestBatch() : Optional.<LiveTask>empty();
        };
        return victim.filter(task -> moves.end(task, ErrorCode.QUEUE_FULL,
                "the queue was full, and this task was given up for another; hand it in again later", now)).isPresent();
    }

    private void register(WorkerRegistration worker, Instant now) {
        tools.models().put(KnownModel.of(worker));
        attempts.lose(fleet.register(worker), now);
    }

    private void tick(Instant now) {
        if (lastTick.isBefore(now.minus(LONG_PAUSE))) {
            fleet.forgive(Duration.between(lastTick, now));
        }
        lastTick = now;
        if (nextPurge.isBefore(now)) {
            nextPurge = now.plus(PURGE_PAUSE);
            tools.store().purge(now.minus(RETENTION));
            tools.models().carried(fleet.views().stream().map(WorkerView::model).collect(Collectors.toSet()));
        }
        for (String worker : fleet.silent()) {
            LOG.warn("worker {} has been silent for {} s", worker, Fleet.SILENCE.toSeconds());
            attempts.lose(fleet.remove(worker), now);
        }
        fleet.refresh();
        moves.catchUp(now);
        watched.removeIf(task -> !tellPosition(task));
    }

    /** why: only who reads along is told; others ask. Gives whether somebody still does. */
    private boolean tellPosition(LiveTask task) {
        Integer position = task.log().hasReaders() ? task.position() : null;
        if (position != null) {
            moves.tell(task, position);
        }
        return task.log().hasReaders() && !task.record().state().terminal();
    }
}
