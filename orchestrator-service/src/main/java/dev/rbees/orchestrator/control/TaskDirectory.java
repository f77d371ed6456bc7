package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskView;
import dev.rbees.orchestrator.events.EndedLog;
import dev.rbees.orchestrator.events.EventSource;
import dev.rbees.orchestrator.queue.Ticket;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.service.Caller;

/** Finds tasks: those that have not ended in memory, the others in the record. Any thread may ask; most answers block. */
public final class TaskDirectory {

    /** Takes up a task of the record that has not ended and that nobody works on, if that is so. */
    @FunctionalInterface
    interface Adopter {
        void adopt(String id);
    }

    private static final Duration NOT_YET = Duration.ofSeconds(1);

    private final TaskStore store;
    private final Map<String, TaskHandle> live = new ConcurrentHashMap<>();
    private volatile Adopter adopter = _ -> {
    };
    private volatile ToIntFunction<Ticket> positions = _ -> 0;

    public TaskDirectory(TaskStore store) {
        this.store = store;
    }

    void adoptsWith(Adopter with) {
        adopter = with;
    }

    /** @param asked gives the position of a ticket, on any thread */
    void findsPositionsWith(ToIntFunction<Ticket> asked) {
        positions = asked;
    }

    /** Adds a task; false when it is there already. */
    boolean add(TaskHandle task) {
        return live.putIfAbsent(task.id(), task) == null;
    }

    /** After the end of the task is in the record. */
    void forget(TaskHandle task) {
        live.remove(task.id(), task);
    }

    Optional<TaskHandle> live(String id) {
        return Optional.ofNullable(live.get(id));
    }

    /** A task that the core decides about, and that is therefore there. */
    TaskHandle require(String id) {
        return Optional.ofNullable(live.get(id))
                .orElseThrow(() -> new IllegalStateException("task " + id + " is not in the directory"));
    }

    TaskView view(TaskHandle task) {
        Ticket ticket = task.ticket();
        return task.record().view(ticket == null ? null : (Integer) positions.applyAsInt(ticket));
    }

    /** The task, if somebody works on it; after a restart it is taken up now if it was not yet. */
    private Optional<TaskHandle> find(String id, Caller caller) {
        TaskHandle task = live.get(id);
        if (task == null) {
            adopter.adopt(id);
            task = live.get(id);
        }
        return Optional.ofNullable(task).filter(found -> caller.mayUse(found.record().tenant()));
    }

    /** @throws RbeesException TASK_NOT_FOUND, also when it is somebody else's */
    public TaskView view(String id, Caller caller) {
        return find(id, caller).map(this::view).orElseGet(() -> stored(id, caller).view(null));
    }

    /** @throws RbeesException TASK_NOT_FOUND, also when it is somebody else's */
    public void require(String id, Caller caller) {
        if (find(id, caller).isEmpty()) {
            stored(id, caller);
        }
    }

    /**
     * Why a task that has ended went where it went.
     *
     * @throws RbeesException TASK_NOT_FOUND
     */
    public TaskExplanation explanation(String id) {
        TaskHandle task = live.get(id);
        Task record = task != null ? task.record() : stored(id, Caller.OPERATOR);
        return record.explanation(null, record.endedAt() == null ? record.createdAt() : record.endedAt());
    }

    /**
     * The events of a task.
     *
     * @throws RbeesException TASK_NOT_FOUND, also when it is somebody else's; OVERLOADED while it waits to be taken up again
     */
    public EventSource log(String id, Caller caller) {
        Optional<TaskHandle> task = find(id, caller);
        if (task.isPresent()) {
            return task.get().log();
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
        TaskHandle task = live.get(stored.id());
        return task != null ? view(task) : stored.view(null);
    }

    /** How many tasks have not ended. */
    public int size() {
        return live.size();
    }

    /** How many are with a worker now. */
    public long onWorkers() {
        return live.values().stream().map(TaskHandle::record)
                .filter(task -> task.state() == TaskState.DISPATCHED || task.state() == TaskState.RUNNING).count();
    }

    private Task stored(String id, Caller caller) {
        return store.find(id).filter(task -> caller.mayUse(task.tenant()))
                .orElseThrow(() -> new RbeesException(ErrorCode.TASK_NOT_FOUND,
                        "no task of that id is known; GET /v2/tasks, or 'rbees jobs list', lists them"));
    }
}
