package dev.rbees.orchestrator.control;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.store.TaskStore.Unfinished;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/**
 * Takes up every task of the record that has not ended and that nobody works on: those that an earlier process left, the oldest first,
 * and those whose commit was made although its answer was lost. On a thread of its own, page by page, while the orchestrator serves;
 * prompts and logs stay in the record until they are needed. A task that somebody asks for is taken up at once. When there are more
 * than fit into the memory, the rest stays in the record until others have ended.
 */
public final class Adoption implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);
    private static final int PAGE = 256;
    private static final int LOG_PAGE = 1_024;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration WAIT_FOR_ROOM = Duration.ofMillis(5);
    /** why: the time of day may be set back by a little when the program starts. */
    private static final Duration MARGIN = Duration.ofMinutes(1);
    /** why: a waiting task takes about 0.75 kB (measured); half of the heap is for other things. */
    private static final int HEAP_BYTES_PER_TASK = 2_048;

    private final ControlTools tools;
    private final ControlLoop control;
    private final Affinity affinity;
    private final int mostLive;
    private final Instant begin;
    private final AtomicBoolean suspected = new AtomicBoolean(true);
    private final OwnerThread thread;
    private volatile boolean complete;
    // The sweep that goes on. Owned by who looks.
    /** Number of the last task that it looked at; 0 at its beginning. */
    private long reached;
    private int adopted;
    private boolean crowded;

    public Adoption(ControlTools tools, ControlLoop control, Affinity affinity, Liveness liveness) {
        this(tools, control, affinity, (int) Math.min(Integer.MAX_VALUE,
                Runtime.getRuntime().maxMemory() / HEAP_BYTES_PER_TASK), liveness);
    }

    /** @param mostLive so many tasks may be worked on or wait in memory before the rest is left in the record for a while */
    public Adoption(ControlTools tools, ControlLoop control, Affinity affinity, int mostLive, Liveness liveness) {
        this.mostLive = mostLive;
        this.tools = tools;
        this.control = control;
        this.affinity = affinity;
        this.begin = tools.clock().wall().minus(MARGIN);
        this.thread = new OwnerThread("adoption", liveness, this::run);
        tools.directory().adoptsWith(left -> adopt(left));
    }

    public void start() {
        thread.start();
    }

    /** Some task may be in the record that nobody works on. Any thread; does not wait. */
    public void suspect() {
        suspected.set(true);
    }

    /** Whether all that an earlier process left is taken up. */
    public boolean complete() {
        return complete;
    }

    private void run() throws InterruptedException {
        do {
            look();
        } while (!thread.closesWithin(PAUSE));
    }

    /** Looks whether there is something to take up; also for who steps instead of starting. */
    void look() throws InterruptedException {
        if (tools.store().trouble().isEmpty() && suspected.getAndSet(false) && !sweep()) {
            suspected.set(true);
        }
    }

    /** Looks through all that has not ended; false when it has to be gone on with later, from where it came to. */
    private boolean sweep() throws InterruptedException {
        try {
            while (!thread.closing() && hasRoom()) {
                List<Unfinished> page = tools.store().unfinished(reached, PAGE);
                if (page.isEmpty()) {
                    swept();
                    return true;
                }
                for (Unfinished task : page) {
                    adopted += adoptInTurn(task) ? 1 : 0;
                    reached = task.number();
                }
            }
        } catch (RbeesException e) {
            LOG.warn("tasks that have not ended cannot be read at present: {}", e.userMessage());
        }
        return false;
    }

    private boolean hasRoom() {
        boolean room = tools.directory().size() < mostLive;
        if (!room && !crowded) {
            crowded = true;
            LOG.info("{} tasks that had not ended go on; the others stay in the record until there is room in the memory",
                    adopted);
        }
        return room;
    }

    private void swept() {
        complete = true;
        if (adopted > 0) {
            LOG.info("{} tasks that had not ended go on", adopted);
        }
        reached = 0;
        adopted = 0;
        crowded = false;
    }

    private boolean adoptInTurn(Unfinished left) throws InterruptedException {
        while (control.busy() && !thread.closesWithin(WAIT_FOR_ROOM)) {
            // the orchestrator has to catch up first
        }
        return adopt(left);
    }

    /** Takes a task up that somebody asks for, if it has not ended. Reads the record; any thread that may wait. */
    void adopt(String id) {
        tools.store().unfinished(id).ifPresent(left -> adopt(left));
    }

    private boolean adopt(Unfinished left) {
        Task task = left.task();
        String id = task.id();
        if (tools.directory().live(id).isPresent()) {
            return false;
        }
        Command.Entry entry;
        boolean damaged = false;
        try {
            int tokens = task.attempts().isEmpty() ? 0 : tools.store().summary(id).tokens();
            entry = new Command.Entry(task, left.number(), left.requestBytes(), tokens, affinity(task));
        } catch (RbeesException e) {
            if (e.code() != ErrorCode.INTERNAL) {
                throw e;
            }
            damaged = true;
            entry = new Command.Entry(task, left.number(), left.requestBytes(), 0, null);
        }
        TaskHandle handle = new TaskHandle(task, null, null, () -> open(id));
        if (!tools.directory().add(handle)) {
            return false;
        }
        if (hasEnded(task)) {
            tools.directory().forget(handle);
            return false;
        }
        LOG.debug("task {} was left {}", id, task.state());
        tools.permits().acquire(left.requestBytes());
        tools.quotas().goesOn(task);
        control.adopt(entry);
        if (damaged) {
            control.fail(id, ErrorCode.INTERNAL, "the record of this task is damaged; hand the task in again");
        }
        return true;
    }

    /** why: it may have ended between the look at the record and the look at the directory; what is older cannot. */
    private boolean hasEnded(Task task) {
        try {
            return task.createdAt().isAfter(begin) && tools.store().unfinished(task.id()).isEmpty();
        } catch (RbeesException e) {
            LOG.warn("task {} cannot be looked at: {}", task.id(), e.userMessage());
            suspect();
            return true;
        }
    }

    private @Nullable String affinity(Task task) {
        Optional<GenerationRequest> request = affinity.readsRequest()
                ? tools.store().request(task.id())
                        .map(json -> GenerationRequest.read(json.getBytes(StandardCharsets.UTF_8)))
                : Optional.empty();
        return affinity.of(task, request.orElse(null));
    }

    /** Its log; of a damaged one what is there before the damage, and then the task cannot go on. */
    private TaskLog open(String id) {
        List<LoggedEvent> events = new ArrayList<>();
        try {
            List<LoggedEvent> page;
            do {
                page = tools.store().events(id, events.size(), LOG_PAGE);
                events.addAll(page);
            } while (!page.isEmpty());
        } catch (RbeesException e) {
            if (e.code() != ErrorCode.INTERNAL) {
                throw e;
            }
            LOG.error("the log of task {} is damaged after its event {}", id, events.size());
            control.fail(id, ErrorCode.INTERNAL, "the log of this task is damaged; hand the task in again");
        }
        return control.openLog(id, events);
    }

    @Override
    public void close() {
        thread.close();
    }
}
