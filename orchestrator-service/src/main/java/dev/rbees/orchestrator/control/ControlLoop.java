package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.admission.Eviction;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Core;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;
import dev.rbees.thread.Ownership;

/**
 * Takes commands to the core, one after another, on the thread {@code control}, and what they lead to to the thread {@code effects}.
 * Its methods may be called from any thread and never wait; their futures complete on {@code effects}, so that who does more than a
 * little with an answer has to hop. They fail with OVERLOADED when the orchestrator cannot keep up, and with DRAINING, on the thread
 * that closes, when it closes.
 */
public final class ControlLoop implements Eviction, AutoCloseable {

    /** Requests that may be on their way to the core. */
    static final int MAILBOX = 16_384;
    /** Effects that may wait to be executed. */
    static final int OUTBOX = 65_536;

    private static final Duration TICK = Duration.ofMillis(250);
    private static final int AT_ONCE = 256;

    /** How those are told who wait for an answer that will not come. */
    private final Set<Consumer<RbeesException>> asked = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private final Mailbox mailbox;
    private final Outbox outbox;
    private final Core core;
    private final SteadyClock clock;
    private final TaskStore store;
    private final EffectRunner effects;
    private final OwnerThread control;
    private final OwnerThread runner;

    /**
     * @param owner of the core's state
     * @param liveness hears of a failure, which ends the program
     */
    public ControlLoop(Core core, Ownership owner, ControlTools tools, Liveness liveness) {
        this(core, owner, tools, liveness, OUTBOX);
    }

    /** @param room effects that may wait */
    ControlLoop(Core core, Ownership owner, ControlTools tools, Liveness liveness, int room) {
        this.mailbox = new Mailbox(MAILBOX);
        this.outbox = new Outbox(room);
        this.core = core;
        this.clock = tools.clock();
        this.store = tools.store();
        this.effects = new EffectRunner(tools, mailbox::signal);
        tools.directory().findsPositionsWith(core.waiting()::position);
        this.control = new OwnerThread("control", liveness, () -> decide(owner));
        this.runner = new OwnerThread("effects", liveness, this::execute);
    }

    public void start() {
        runner.start();
        control.start();
    }

    private void decide(Ownership owner) throws InterruptedException {
        owner.claim();
        long nextTick = System.nanoTime();
        while (!control.closing()) {
            outbox.awaitRoom();
            Command command = mailbox.poll(Math.max(0, nextTick - System.nanoTime()));
            if (command != null) {
                handle(command);
            }
            if (System.nanoTime() - nextTick >= 0) {
                handle(new Command.Tick());
                nextTick = System.nanoTime() + TICK.toNanos();
            }
        }
    }

    private void execute() throws InterruptedException {
        while (true) {
            var batch = outbox.take(AT_ONCE);
            if (batch.isEmpty()) {
                return;
            }
            batch.forEach(effects::execute);
        }
    }

    private void handle(Command command) {
        outbox.put(core.handle(command, clock.now()));
    }

    /** Carries out what has come, as far as the outbox has room; for who steps instead of starting. */
    void step() {
        for (Command command = next(); command != null; command = next()) {
            handle(command);
        }
    }

    private @Nullable Command next() {
        return outbox.hasRoom() ? mailbox.poll() : null;
    }

    /** Time has passed; for who steps instead of starting. */
    void tick() {
        if (outbox.hasRoom()) {
            handle(new Command.Tick());
        }
    }

    /** Executes at most so many effects; how many there were. For who steps instead of starting. */
    int executeSome(int max) {
        var batch = outbox.poll(max);
        batch.forEach(effects::execute);
        return batch.size();
    }

    /** How many effects wait; for who steps instead of starting. */
    int waiting() {
        return outbox.size();
    }

    /** Whether requests are refused at present because the orchestrator cannot keep up. */
    public Optional<RbeesException> overload() {
        return mailbox.full() ? Optional.of(overloaded()) : Optional.empty();
    }

    /** Whether so much is on its way to the core that what can wait should wait. */
    boolean busy() {
        return mailbox.size() >= MAILBOX;
    }

    private static RbeesException overloaded() {
        return RbeesException.busy(ErrorCode.OVERLOADED, "the orchestrator cannot keep up; try again in a moment",
                Duration.ofSeconds(1));
    }

    /** Ends a task; false when it has ended already or is not known. */
    public CompletableFuture<Boolean> cancel(String taskId) {
        return ask(reply -> new Command.Cancel(taskId, reply));
    }

    /** Why a task is where it is; empty when it has ended. */
    public CompletableFuture<Optional<TaskExplanation>> explain(String taskId) {
        return ask(reply -> new Command.Explain(taskId, reply));
    }

    @Override
    public CompletableFuture<Boolean> makeRoom(Priority newcomer) {
        return ask(reply -> new Command.MakeRoom(newcomer, reply));
    }

    /**
     * Takes a worker in.
     *
     * @param again whether this process registered before, so that what runs on it goes on
     */
    public CompletableFuture<Boolean> register(WorkerRegistration registration, boolean again) {
        return ask(reply -> new Command.Register(registration, again, reply));
    }

    /** Notes a sign of life; false when the worker has to register. */
    public CompletableFuture<Boolean> heartbeat(String workerId, WorkerHeartbeat heartbeat) {
        return ask(reply -> new Command.Heartbeat(workerId, heartbeat, reply));
    }

    /** Lets a worker go. */
    public CompletableFuture<Boolean> deregister(String workerId) {
        return ask(reply -> new Command.Deregister(workerId, reply));
    }

    /** A pool may be used from now on, or is reached in another way. */
    public CompletableFuture<Boolean> joinPool(PoolRegistration pool) {
        return ask(reply -> new Command.PoolJoined(pool, reply));
    }

    /** Forgets a pool; false when it is not known. */
    public CompletableFuture<Boolean> leavePool(String id) {
        return ask(reply -> new Command.PoolLeft(id, reply));
    }

    /** Starts no new workers on a pool, or does again; false when it is not known. */
    public CompletableFuture<Boolean> drainPool(String id, boolean draining) {
        return ask(reply -> new Command.PoolDrained(id, draining, reply));
    }

    /** What came of looking at a pool, or of what was done there. It is taken however much is under way: there is little of it. */
    public void hear(Command.FromPool news) {
        mailbox.signal(news);
    }

    private <T> CompletableFuture<T> ask(Function<CompletableFuture<T>, Command> request) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        if (!mailbox.offer(request.apply(reply))) {
            reply.completeExceptionally(overloaded());
        }
        return answered(reply);
    }

    /** why: whoever waits when the loop closes must hear of it, or the server waits for the end of that request. */
    private <T> CompletableFuture<T> answered(CompletableFuture<T> reply) {
        Consumer<RbeesException> refusal = reply::completeExceptionally;
        asked.add(refusal);
        var _ = reply.whenComplete((_, _) -> asked.remove(refusal));
        if (closed) {
            reply.completeExceptionally(closing());
        }
        return reply;
    }

    private static RbeesException closing() {
        return RbeesException.busy(ErrorCode.DRAINING, "the orchestrator is closing; ask again after its start",
                Duration.ofSeconds(5));
    }

    /** The position of a durable task that waits from now on. It is taken however much is under way: it holds a permit of the queue. */
    CompletableFuture<Integer> enqueue(Command.Entry entry) {
        CompletableFuture<Integer> position = new CompletableFuture<>();
        mailbox.signal(new Command.Enqueue(entry, position));
        return answered(position);
    }

    /** A task of the record goes on. Like one that was accepted, it is taken however much is under way. */
    void adopt(Command.Entry entry) {
        mailbox.signal(new Command.Adopt(entry));
    }

    /** A task of the record cannot go on. */
    void fail(String taskId, ErrorCode code, String message) {
        mailbox.signal(new Command.Fail(taskId, code, message));
    }

    /**
     * The log of a task that has not ended; the core hears of its readers.
     *
     * @param known what was written before a restart, in order
     */
    TaskLog openLog(String taskId, List<LoggedEvent> known) {
        TaskLog log = new TaskLog(known, (event, written) -> store.append(taskId, event, written));
        log.whenJoined(() -> mailbox.signal(new Command.Watch(taskId)));
        log.whenAbandoned(() -> mailbox.signal(new Command.Abandoned(taskId)));
        return log;
    }

    /** No task is given to a worker any more. */
    public void drain() {
        mailbox.signal(new Command.Drain());
    }

    /** Readers are about to be sent away, which is no reason to end their tasks. */
    public void closeStreams() {
        mailbox.signal(new Command.Close());
    }

    /**
     * Ends when what was decided is executed. What is still in the mailbox is left: the record has it. Who waits for an answer, or asks
     * from now on, is told that the orchestrator closes.
     */
    @Override
    public void close() {
        control.close();
        effects.close();
        outbox.close();
        runner.close();
        closed = true;
        asked.forEach(refusal -> refusal.accept(closing()));
    }
}
