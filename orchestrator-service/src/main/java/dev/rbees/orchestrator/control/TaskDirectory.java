package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskView;
import dev.rbees.orchestrator.events.EndedLog;
import dev.rbees.orchestrator.events.EventSource;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.service.Caller;

/** Finds tasks: those that have not ended in memory, the others in the record. Any thread may ask; most answers block. */
public final class TaskDirectory {

    private static final Duration NOT_YET = Duration.ofSeconds(1);

    private final TaskStore store;
    private final Map<String, LiveTask> live = new ConcurrentHashMap<>();

    public TaskDirectory(TaskStore store) {
        this.store = store;
    }

    void add(LiveTask task) {
        live.put(task.id(), task);
    }

    /** After the end of the task is in the record. */
    void forget(LiveTask task) {
        live.remove(task.id());
    }

    Optional<LiveTask> live(String id) {
        return Optional.ofNullable(live.get(id));
    }

    /** @throws RbeesException TASK_NOT_FOUND, also when it is somebody else's */
    public TaskView view(String id, Caller caller) {
        LiveTask task = live.get(id);
        return task != null && caller.mayUse(task.record().tenant()) ? task.view() : stored(id, caller).view(null);
    }

    /** @throws RbeesException TASK_NOT_FOUND, also when it is somebody else's */
    public void require(String id, Caller caller) {
        LiveTask task = live.get(id);
        if (task == null || !caller.mayUse(task.record().tenant())) {
            stored(id, caller);
        }
    }

    /**
     * Why a task that has ended went where it went.
     *
     * @throws RbeesException TASK_NOT_FOUND
     */
    public Explanation explanation(String id) {
        LiveTask task = live.get(id);
        Task record = task != null ? task.record() : stored(id, Caller.OPERATOR);
        return Explanation.of(record, null, record.endedAt() == null ? record.createdAt() : record.endedAt());
    }

    /**
     * The events of a task.
     *
     * @throws RbeesException TASK_NOT_FOUND, also when it is somebody else's; OVERLOADED while it waits to be taken up again
     */
    public EventSource log(String id, Caller caller) {
        LiveTask task = live.get(id);
        if (task != null && caller.mayUse(task.record().tenant())) {
            return task.log();
        }
        if (!stored(id, caller).state().terminal()) {
            throw RbeesException.busy(ErrorCode.OVERLOADED,
                    "this task is not taken up again yet after a restart; try again in a moment", NOT_YET);
        }
        return new EndedLog(id, store.lastEvent(id));
    }

    /**
     * Removes a task that has ended, its log and its idempotency key, for good; gives whether there was one. Does not block, and
     * completes on a thread of the record.
     */
    public CompletableFuture<Boolean> delete(String id) {
        return store.delete(id);
    }

    /** The newest first. */
    public List<TaskView> list(@Nullable TaskState state, Caller caller, int limit) {
        return store.list(state, caller.tenant(), limit).stream().map(this::newest)
                .filter(view -> state == null || view.status() == state)
                .toList();
    }

    private TaskView newest(Task stored) {
        LiveTask task = live.get(stored.id());
        return task != null ? task.view() : stored.view(null);
    }

    /** How many are with a worker now. */
    public long onWorkers() {
        return live.values().stream().filter(LiveTask::onWorker).count();
    }

    private Task stored(String id, Caller caller) {
        return store.find(id).filter(task -> caller.mayUse(task.tenant()))
                .orElseThrow(() -> new RbeesException(ErrorCode.TASK_NOT_FOUND,
                        "no task of that id is known; GET /v2/tasks, or 'rbees jobs list', lists them"));
    }
}
