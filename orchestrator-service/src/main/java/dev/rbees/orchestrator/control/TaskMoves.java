package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.queue.TaskQueue;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.worker.Fleet;

/** The moves of a task between the queue, a worker and its end: record, queue and fleet change together. Control thread. */
final class TaskMoves {

    private static final Logger LOG = LoggerFactory.getLogger(TaskMoves.class);

    private final ControlTools tools;
    private final TaskQueue<LiveTask> queue = new TaskQueue<>();
    private final Timers deadlines = new Timers();
    private final Timers retries = new Timers();
    private final Timers stages = new Timers();

    TaskMoves(ControlTools tools) {
        this.tools = tools;
    }

    TaskQueue<LiveTask> queue() {
        return queue;
    }

    /** A task comes in: it waits, with those of its session. */
    int enqueue(LiveTask task) {
        Task record = task.record();
        deadlines.set(record.deadline(), task);
        return waits(task, queue.add(record.model(), record.priority(), record.flow(), task.ticket(), record.createdAt(),
                task));
    }

    /** It waits again, before those that came later. */
    private void enqueueAgain(LiveTask task) {
        change(task, task.record().requeued());
        tools.room().take();
        task.takePlace();
        Task record = task.record();
        waits(task, queue.addAgain(record.model(), record.priority(), task.ticket(), record.createdAt(), task));
    }

    private int waits(LiveTask task, TaskQueue.Spot spot) {
        stage(task, tools.clock().instant().plus(tools.timeouts().queue()));
        task.waits(() -> queue.position(spot));
        int position = queue.position(spot);
        tell(task, position);
        return position;
    }

    /** Tells readers where it stands. */
    void tell(LiveTask task, int position) {
        if (task.tellsAnew(position)) {
            try {
                task.log().append(new TaskEvent.Queued(task.id(), position,
                        tools.rates().untilStart(task.record().model(), position).map(Duration::toMillis).orElse(null)));
            } catch (RbeesException e) {
                // why: it is not worth failing for; the task waits all the same, and its position can be asked
                LOG.debug("task {} could not be told its position: {}", task.id(), e.getMessage());
            }
        }
    }

    /** It may be where it is until then. */
    private void stage(LiveTask task, @Nullable Instant end) {
        stages.clear(task.stageEnds(), task);
        task.stageEnds(end);
        stages.set(end, task);
    }

    /** Its turn has come. */
    void leaveQueueForWorker(LiveTask task) {
        stage(task, runEnds(task.record()));
        queue.serve(task.ticket());
        tools.rates().departed(task.record().model());
        leaveQueue(task);
    }

    private Instant runEnds(Task record) {
        Instant began = record.attempts().isEmpty() ? tools.clock().instant() : record.attempts().getFirst().startedAt();
        return began.plus(tools.timeouts().run());
    }

    private void leaveQueue(LiveTask task) {
        queue.remove(task.ticket());
        task.leavesQueue();
        if (task.leavePlace()) {
            tools.room().giveBack();
        }
    }

    void change(LiveTask task, Task changed) {
        task.record(changed);
        tools.store().update(changed);
    }

    /** It leaves its worker and is tried again later. */
    void retry(LiveTask task, Task changed, Fleet.Outcome outcome, Instant when) {
        tools.fleet().vacate(task.worker(), task.id(), outcome);
        change(task, changed);
        retries.set(when, task);
    }

    /** Does what was put off until now. */
    void catchUp(Instant now) {
        for (LiveTask task : deadlines.take(now)) {
            end(task, ErrorCode.DEADLINE_EXCEEDED, "the task's deadline passed", now);
        }
        for (LiveTask task : retries.take(now)) {
            if (task.is(TaskState.RETRY_WAIT)) {
                enqueueAgain(task);
            }
        }
        for (LiveTask task : stages.take(now)) {
            end(task, ErrorCode.TIMEOUT, task.onWorker()
                    ? "the task ran for " + tools.timeouts().run().toSeconds() + " s, which is the limit"
                    : "the task waited for " + tools.timeouts().queue().toSeconds() + " s, which is the limit", now);
        }
        queue.promote(now).forEach((task, spot) -> task.waits(() -> queue.position(spot)));
    }

    /** Ends a task without a complete answer; false when it has ended already. */
    boolean end(LiveTask task, ErrorCode code, String message, Instant now) {
        if (task.record().state().terminal()) {
            return false;
        }
        task.stopAttempt();
        finish(task, task.record().ended(code, message, task.log().tokens(), now), new TaskEvent.Failed(code, message),
                code == ErrorCode.WORKER_UNAVAILABLE || code == ErrorCode.POISON_TASK
                        ? Fleet.Outcome.BROKE
                        : Fleet.Outcome.SILENT);
        return true;
    }

    void finish(LiveTask task, Task ended, TaskEvent last, Fleet.Outcome outcome) {
        if (task.onWorker()) {
            tools.fleet().vacate(task.worker(), task.id(), outcome);
        }
        leaveQueue(task);
        deadlines.clear(ended.deadline(), task);
        stage(task, null);
        task.record(ended);
        task.log().seal(last, (log, written) -> tools.store().finish(ended, log, () -> {
            written.run();
            tools.directory().forget(task);
        }));
        tools.quotas().settle(ended);
        tools.audit().write(() -> AuditEvent.taskCompleted(ended));
        tools.meters().ended(ended);
        LOG.info("task {} {}: model {}, {} tokens [{}]", ended.id(), ended.state(), ended.model(), ended.tokensOut(),
                ended.correlationId());
    }
}
