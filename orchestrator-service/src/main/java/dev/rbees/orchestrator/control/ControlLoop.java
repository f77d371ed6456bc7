package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Priority;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.admission.Eviction;

/** The one thread that changes tasks and workers, and its bounded mailbox. */
public final class ControlLoop implements Eviction, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    private static final int CAPACITY = 65_536;
    private static final Duration TICK = Duration.ofMillis(250);

    private final BlockingQueue<Command> mailbox = new ArrayBlockingQueue<>(CAPACITY);
    private final TaskControl control;
    private final Thread thread;
    private volatile boolean closing;
    private final AtomicInteger faults = new AtomicInteger();

    public ControlLoop(ControlTools tools) {
        this.control = new TaskControl(tools, this::postForSure);
        this.thread = Thread.ofPlatform().name("control").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Ends a task; false when it has ended already or is not known. */
    public CompletableFuture<Boolean> cancel(String taskId) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        post(new Command.Cancel(taskId, done));
        return done;
    }

    /** Why a task is where it is; empty when it has ended. */
    public CompletableFuture<Optional<Explanation>> explain(String taskId) {
        CompletableFuture<Optional<Explanation>> answer = new CompletableFuture<>();
        post(new Command.Explain(taskId, answer));
        return answer;
    }

    @Override
    public CompletableFuture<Boolean> makeRoom(Priority newcomer) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        post(new Command.MakeRoom(newcomer, done));
        return done;
    }

    /** Takes a worker in. */
    public CompletableFuture<Boolean> register(WorkerRegistration registration) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        post(new Command.Register(registration, done));
        return done;
    }

    /** Notes a sign of life; false when the worker has to register. */
    public CompletableFuture<Boolean> heartbeat(String workerId, WorkerHeartbeat heartbeat) {
        CompletableFuture<Boolean> known = new CompletableFuture<>();
        post(new Command.Heartbeat(workerId, heartbeat, known));
        return known;
    }

    /** Lets a worker go. */
    public CompletableFuture<Boolean> deregister(String workerId) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        post(new Command.Deregister(workerId, done));
        return done;
    }

    /** The position of a task that waits from now on. */
    CompletableFuture<Integer> enqueue(LiveTask task) {
        CompletableFuture<Integer> position = new CompletableFuture<>();
        post(new Command.Enqueue(task, position));
        return position;
    }

    /** Likewise, where nobody waits for the position. */
    void enqueueAgain(LiveTask task) {
        post(new Command.Enqueue(task, new CompletableFuture<>()));
    }

    /** No task is given to a worker any more. */
    public void drain() {
        post(new Command.Drain());
    }

    private void post(Command command) {
        if (!mailbox.offer(command)) {
            throw new RbeesException(ErrorCode.OVERLOADED, "the orchestrator cannot keep up; try again in a moment");
        }
    }

    /** why: what attempts have to say must not be lost; the loop takes it at once, so that this waits hardly ever. */
    private void postForSure(Command command) {
        try {
            mailbox.put(command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long nextTick = System.nanoTime();
        try {
            while (!closing) {
                Command command = mailbox.poll(nextTick - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (command != null) {
                    handle(command);
                }
                if (System.nanoTime() - nextTick >= 0) {
                    tick();
                    nextTick = System.nanoTime() + TICK.toNanos();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Handles what is in the mailbox; for who runs the loop step by step instead of starting it. */
    void step() {
        for (Command command = mailbox.poll(); command != null; command = mailbox.poll()) {
            handle(command);
        }
    }

    /** Time has passed. */
    void tick() {
        handle(new Command.Tick());
    }

    private void handle(Command command) {
        try {
            control.handle(command);
        } catch (RuntimeException e) {
            // why: the loop must outlive a fault in one command; what was half done is seen in the log
            faults.incrementAndGet();
            LOG.error("{} failed", command.getClass().getSimpleName(), e);
            command.reply().completeExceptionally(e);
        }
    }

    /** How many commands met a fault of ours. */
    public int faults() {
        return faults.get();
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
