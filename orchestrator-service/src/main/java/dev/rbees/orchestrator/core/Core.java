package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.WaitingFor;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.queue.TaskQueue;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.queue.Ticket;
import dev.rbees.orchestrator.scheduling.Availability;
import dev.rbees.orchestrator.time.Moment;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.thread.Ownership;

/**
 * Decides: who waits, who runs where, who has ended. A pure function of its state, a command and the time; only its owner may call it.
 * A command that fails half way leaves a state that nobody may rely on, so its exception has to end the program: the record is durable
 * and a restart is exact.
 */
public final class Core {

    private final Ownership owner;
    private final State state;
    private final WaitingTasks waiting;
    private final TaskTransitions tasks;
    private final WorkerTransitions workers;
    private final PoolTransitions pools;
    private final TaskQueue<LiveTask> queue;

    /**
     * @param owner of all that the core knows, the fleet included
     * @param fleet the workers that are there
     * @param pools the machines that workers may be started on
     * @param throughput how fast things go; others may read it
     * @param random draws pauses
     */
    public Core(Ownership owner, CoreSettings settings, Fleet fleet, Pools pools, ThroughputEstimator throughput,
            RandomGenerator random) {
        this.owner = owner;
        this.queue = new TaskQueue<>(owner);
        this.state = new State(settings, queue, fleet, pools, throughput, random);
        this.waiting = new WaitingTasks(state);
        this.tasks = new TaskTransitions(state, waiting);
        this.pools = new PoolTransitions(state, tasks);
        this.workers = new WorkerTransitions(state);
    }

    /** Carries out a command, then gives work to whoever is free; gives what is to be done outside because of that. */
    public List<Effect> handle(Command command, Moment now) {
        owner.check();
        switch (command) {
            case Command.Enqueue(Command.Entry entry, var reply) -> {
                pools.hurry(now);
                reply(reply, tasks.enqueue(entry, now));
            }
            case Command.Adopt(Command.Entry entry) -> tasks.adopt(entry, now);
            case Command.Cancel(String id, var reply) -> reply(reply, cancel(id, now));
            case Command.Fail(String id, ErrorCode code, String message) ->
                live(id).ifPresent(task -> tasks.end(task, code, message, now));
            case Command.Explain(String id, var reply) -> reply(reply, explain(id, now));
            case Command.MakeRoom(Priority priority, var reply) -> reply(reply, makeRoom(priority, now));
            case Command.Register(var worker, boolean again, var reply) -> {
                workers.register(worker, again, now);
                pools.registered(worker.workerId(), now);
                reply(reply, true);
            }
            case Command.Heartbeat(String id, var heartbeat, var reply) ->
                reply(reply, state.fleet.heartbeat(id, heartbeat, now));
            case Command.Deregister(String id, var reply) -> {
                workers.deregister(id);
                reply(reply, true);
            }
            case Command.AttemptStarted(String id, int number) ->
                current(id, number).ifPresent(task -> tasks.started(task, now));
            case Command.AttemptEnded(String id, int number, var end, int tokens) ->
                current(id, number).ifPresent(task -> tasks.ended(task, end, tokens, now));
            case Command.AttemptStopped(String id, int number, int tokens) ->
                current(id, number).ifPresent(task -> tasks.stopped(task, tokens, now));
            case Command.AttemptDeferred(String id, int number) ->
                current(id, number).ifPresent(task -> tasks.deferred(task, now));
            case Command.Watch(String id) -> watch(id);
            case Command.Unwatch(String id, long watch) -> unwatch(id, watch);
            case Command.Abandoned(String id) -> abandoned(id);
            case Command.Tick() -> {
                workers.tick(now);
                tasks.catchUp(now);
                pools.tick(now);
                waiting.tellPositions(now);
            }
            case Command.PoolJoined(var pool, var reply) -> {
                state.pools.join(pool, now);
                reply(reply, true);
            }
            case Command.PoolLeft(String id, var reply) -> reply(reply, state.pools.leave(id, now));
            case Command.PoolDrained(String id, boolean draining, var reply) ->
                reply(reply, state.pools.drain(id, draining, now));
            case Command.PoolSeen(String id, var status) -> state.pools.seen(id, status, now);
            case Command.PoolUnseen(String id, String problem, boolean unusable) ->
                state.pools.unseen(id, problem, unusable, now);
            case Command.StartProgress(long start, String phase, int percent) -> pools.progress(start, phase, percent, now);
            case Command.StartDone(long start) -> pools.started(start, now);
            case Command.StartFailed(long start, ErrorCode code, String message) ->
                pools.startFailed(start, code, message, now);
            case Command.StopDone(String pool, String worker, boolean stopped) -> pools.stopped(pool, worker, stopped, now);
            case Command.Drain() -> state.draining = true;
            case Command.Close() -> state.closing = true;
        }
        if (!state.draining) {
            tasks.assign(now);
            pools.place(now);
        }
        return state.takeEffects();
    }

    private <T> void reply(CompletableFuture<T> to, T value) {
        state.emit(new Effect.Reply<>(to, value));
    }

    private Optional<LiveTask> live(String id) {
        return Optional.ofNullable(state.live.get(id));
    }

    /** The task, if that is its attempt; what an earlier attempt says counts no longer. */
    private Optional<LiveTask> current(String id, int number) {
        return live(id).filter(task -> task.isCurrent(number));
    }

    private boolean cancel(String id, Moment now) {
        return live(id).filter(task -> tasks.end(task, ErrorCode.CANCELLED, "the task was cancelled", now)).isPresent();
    }

    private void watch(String id) {
        live(id).ifPresent(task -> {
            task.watch();
            state.watched.add(task);
        });
    }

    /** Unless somebody came after that watch. */
    private void unwatch(String id, long watch) {
        live(id).filter(task -> task.lastWatch() == watch).ifPresent(state.watched::remove);
    }

    /** Closing is not leaving: who is sent away comes back, and finds the task. */
    private void abandoned(String id) {
        if (!state.closing) {
            live(id).filter(task -> task.record().onDisconnect() == OnDisconnect.CANCEL)
                    .ifPresent(_ -> state.emit(new Effect.CancelIfAbandoned(id)));
        }
    }

    /** Gives a batch task up for a new one, as the policy says; false when none is to be given up. */
    private boolean makeRoom(Priority newcomer, Moment now) {
        Optional<LiveTask> victim = switch (state.settings.fullQueue()) {
            case REJECT -> Optional.empty();
            case DROP_LRU -> queue.oldestBatch();
            case SHED_LOW_PRIORITY ->
                newcomer == Priority.INTERACTIVE ? queue.newestBatch() : Optional.<LiveTask>empty();
        };
        return victim.filter(task -> tasks.end(task, ErrorCode.QUEUE_FULL,
                "the queue was full, and this task was given up for another; hand it in again later", now)).isPresent();
    }

    private Optional<TaskExplanation> explain(String id, Moment now) {
        return live(id).map(task -> task.record().explanation(waiting(task, now), now.wall()));
    }

    private TaskExplanation.@Nullable Waiting waiting(LiveTask task, Moment now) {
        String model = task.record().model();
        Map<Availability, Integer> there = state.fleet.candidates(model).counts();
        if (task.is(TaskState.RETRY_WAIT)) {
            return new TaskExplanation.Waiting("retry", null, null, Availability.named(there));
        }
        Ticket ticket = task.ticket();
        if (ticket == null) {
            return null;
        }
        int position = queue.position(ticket);
        WaitingFor start = state.waitingFor.get(model);
        return new TaskExplanation.Waiting(start == null ? reason(task, there) : start.reason(), position,
                state.untilStart(model, position, now.steady()).map(Duration::toMillis).orElse(null),
                Availability.named(there), start, pools.verdicts(model));
    }

    private String reason(LiveTask task, Map<Availability, Integer> there) {
        if (there.isEmpty()) {
            return "no_worker";
        }
        if (state.fleet.longestContext(task.record().model()) < task.contextNeeded()) {
            return "no_worker_with_enough_context";
        }
        return there.containsKey(Availability.FREE) ? "its_turn" : "no_free_slot";
    }

    /** Where tasks wait, for whoever wants to know a position or how many wait; any thread may ask. */
    public Waiting waiting() {
        return new Waiting(queue);
    }

    /** What any thread may ask of the queue. */
    public static final class Waiting {
        private final TaskQueue<?> queue;

        private Waiting(TaskQueue<?> queue) {
            this.queue = queue;
        }

        /** 1 is next. */
        public int position(Ticket ticket) {
            return queue.position(ticket);
        }

        public int size(Priority priority) {
            return queue.size(priority);
        }
    }
}
