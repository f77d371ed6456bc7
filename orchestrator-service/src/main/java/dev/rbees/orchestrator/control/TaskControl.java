package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
import dev.rbees.orchestrator.dispatch.AttemptOrder;
import dev.rbees.orchestrator.queue.TaskQueue;
import dev.rbees.orchestrator.scheduling.LeastLoaded;
import dev.rbees.orchestrator.scheduling.WorkerLoad;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModel;

/**
 * What is to be done after each command: who waits, who runs where, who has ended. Runs on the control thread alone, so that
 * it needs no locks and each decision sees all that came before.
 */
final class TaskControl {

    private static final Logger LOG = LoggerFactory.getLogger(TaskControl.class);
    private static final int MAX_WORKER_DEATHS = 3;
    private static final Duration NO_ROOM_PAUSE = Duration.ofMillis(250);
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration PURGE_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONG_PAUSE = Duration.ofSeconds(2);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);

    private final ControlTools tools;
    private final Fleet fleet;
    private final Consumer<Command> control;
    private final TaskQueue<LiveTask> queue = new TaskQueue<>();
    private Instant lastTick = Instant.MAX;
    private Instant nextPurge = Instant.MIN;
    private boolean draining;

    /** @param control takes what attempts have to say, from other threads */
    TaskControl(ControlTools tools, Consumer<Command> control) {
        this.tools = tools;
        this.fleet = tools.fleet();
        this.control = control;
    }

    /** Does what the command says, then gives work to whoever is free. */
    void handle(Command command) {
        Instant now = tools.clock().instant();
        switch (command) {
            case Command.Enqueue(LiveTask task, var position) -> position.complete(enqueue(task));
            case Command.Cancel(String id, var done) -> done.complete(tools.directory().live(id)
                    .filter(task -> end(task, ErrorCode.CANCELLED, "the task was cancelled", now)).isPresent());
            case Command.Register(WorkerRegistration worker, var done) -> {
                register(worker, now);
                done.complete(true);
            }
            case Command.Heartbeat(String id, var heartbeat, var known) ->
                known.complete(fleet.heartbeat(id, heartbeat, now));
            case Command.Deregister(String id, var done) -> {
                lose(id, fleet.remove(id), now);
                done.complete(true);
            }
            case Command.AttemptStarted(LiveTask task, int number) -> started(task, number, now);
            case Command.AttemptEnded(LiveTask task, int number, AttemptEnd end) -> ended(task, number, end, now);
            case Command.Tick() -> tick(now);
            case Command.Drain() -> draining = true;
        }
        if (!draining) {
            assign(now);
        }
        tools.meters().waiting(queue);
    }

    private int enqueue(LiveTask task) {
        Task record = task.record();
        queue.add(record.model(), record.priority(), task.ticket(), task);
        if (record.onDisconnect() == OnDisconnect.CANCEL) {
            task.log().whenAbandoned(() -> control.accept(new Command.Cancel(task.id(), new CompletableFuture<>())));
        }
        int position = queue.position(record.model(), record.priority(), task.ticket());
        tell(task, position);
        return position;
    }

    private static void tell(LiveTask task, int position) {
        task.position(position);
        task.log().append(new TaskEvent.Queued(task.id(), position));
    }

    private void register(WorkerRegistration worker, Instant now) {
        KnownModel model = new KnownModel(worker.modelId(), worker.modelDigest(), worker.contextLength());
        if (tools.models().put(model)) {
            tools.store().remember(model);
        }
        lose(worker.workerId(), fleet.register(worker, now), now);
    }

    /** Gives every free slot to the next task that waits for its model. */
    private void assign(Instant now) {
        for (String model : queue.models()) {
            Optional<LiveTask> next = queue.first(model);
            Optional<WorkerLoad> worker = LeastLoaded.choose(fleet.candidates(model, now));
            while (next.isPresent() && worker.isPresent()) {
                dispatch(next.get(), fleet.find(worker.get().workerId()).orElseThrow(), now);
                next = queue.first(model);
                worker = LeastLoaded.choose(fleet.candidates(model, now));
            }
        }
    }

    private void dispatch(LiveTask task, WorkerRegistration worker, Instant now) {
        Task record = task.record();
        leaveQueue(task);
        tools.rate().departed(System.nanoTime());
        fleet.occupy(worker.workerId(), task.id());
        change(task, record.dispatched(worker.workerId(), now));
        Duration waited = Duration.between(record.createdAt(), now);
        tools.meters().dispatched(waited);
        LOG.debug("task {} goes to {}", task.id(), worker.workerId());
        int number = task.nextAttempt();
        task.stopsWith(tools.dispatcher().begin(
                new AttemptOrder(worker.workerId(), worker.endpoint(), task.request(), record.deadline(),
                        record.correlationId()),
                new RunningAttempt(task, number, worker.workerId(), waited.toMillis(), control)));
    }

    private void started(LiveTask task, int number, Instant now) {
        if (task.isCurrent(number)) {
            change(task, task.record().running(now));
        }
    }

    private void ended(LiveTask task, int number, AttemptEnd end, Instant now) {
        if (!task.isCurrent(number)) {
            return;
        }
        switch (end) {
            case AttemptEnd.Complete(TaskEvent.End last) -> finish(task, task.record().completed(last, now), last);
            case AttemptEnd.Broken broken -> broken(task, broken, now);
        }
    }

    private void broken(LiveTask task, AttemptEnd.Broken broken, Instant now) {
        task.stopAttempt();
        String worker = task.record().attempts().getLast().workerId();
        if (broken.noRoom() && task.log().tokens() == 0) {
            fleet.pause(worker, now.plus(NO_ROOM_PAUSE));
            retry(task, task.record().givenBack(), now.plus(NO_ROOM_PAUSE));
            return;
        }
        if (broken.workerLost()) {
            fleet.suspect(worker);
        }
        long deaths = task.record().workerDeaths() + 1;
        if (!broken.workerLost() || task.log().tokens() > 0) {
            end(task, broken.code(), broken.message(), now);
        } else if (deaths >= MAX_WORKER_DEATHS) {
            end(task, ErrorCode.POISON_TASK, "the task is not tried again: " + deaths + " workers were lost with it", now);
        } else {
            retry(task, task.record().retrying(broken.code(), now), now.plus(FIRST_RETRY.multipliedBy(1L << deaths)));
        }
    }

    private void retry(LiveTask task, Task changed, Instant when) {
        fleet.vacate(task.record().attempts().getLast().workerId(), task.id());
        change(task, changed);
        task.retryAt(when);
    }

    /** These tasks were on a worker that is there no longer. */
    private void lose(String worker, Set<String> tasks, Instant now) {
        for (String id : tasks) {
            tools.directory().live(id).filter(LiveTask::onWorker).ifPresent(task -> broken(task, new AttemptEnd.Broken(
                    ErrorCode.WORKER_UNAVAILABLE, "worker " + worker + " was lost while it was working on this task"), now));
        }
    }

    private void tick(Instant now) {
        if (lastTick.isBefore(now.minus(LONG_PAUSE))) {
            fleet.forgive(Duration.between(lastTick, now));
        }
        lastTick = now;
        if (nextPurge.isBefore(now)) {
            nextPurge = now.plus(PURGE_PAUSE);
            tools.store().purge(now.minus(RETENTION));
        }
        for (String worker : fleet.silent(now)) {
            LOG.warn("worker {} has been silent for {} s", worker, Fleet.SILENCE.toSeconds());
            lose(worker, fleet.remove(worker), now);
        }
        for (LiveTask task : List.copyOf(tools.directory().live())) {
            if (task.overdue(now)) {
                end(task, ErrorCode.DEADLINE_EXCEEDED, "the task's deadline passed", now);
            } else if (task.retryDue(now)) {
                requeue(task);
            }
        }
        queue.models().forEach(this::tellPositions);
    }

    private void requeue(LiveTask task) {
        change(task, task.record().requeued());
        tools.room().take();
        task.takePlace();
        queue.add(task.record().model(), task.record().priority(), task.ticket(), task);
    }

    private void tellPositions(String model) {
        int position = 0;
        for (LiveTask task : queue.inOrder(model)) {
            position++;
            if (!Integer.valueOf(position).equals(task.position())) {
                if (task.log().hasReaders()) {
                    tell(task, position);
                } else {
                    task.position(position);
                }
            }
        }
    }

    /** Ends a task without a complete answer; false when it has ended already. */
    private boolean end(LiveTask task, ErrorCode code, String message, Instant now) {
        if (task.record().state().terminal()) {
            return false;
        }
        task.stopAttempt();
        finish(task, task.record().ended(code, message, task.log().tokens(), now), new TaskEvent.Failed(code, message));
        return true;
    }

    private void finish(LiveTask task, Task ended, TaskEvent last) {
        if (task.onWorker()) {
            fleet.vacate(task.record().attempts().getLast().workerId(), task.id());
        }
        leaveQueue(task);
        task.record(ended);
        task.log().seal(last, (event, written) -> tools.store().finish(ended, event, () -> {
            written.run();
            tools.directory().forget(task);
        }));
        tools.meters().ended(ended);
        LOG.info("task {} {}: model {}, {} tokens [{}]", ended.id(), ended.state(), ended.model(), ended.tokensOut(),
                ended.correlationId());
    }

    private void leaveQueue(LiveTask task) {
        Task record = task.record();
        queue.remove(record.model(), record.priority(), task.ticket());
        task.position(null);
        if (task.leavePlace()) {
            tools.room().giveBack();
        }
    }

    private void change(LiveTask task, Task changed) {
        task.record(changed);
        tools.store().update(changed);
    }
}
