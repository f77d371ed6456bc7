package dev.rbees.orchestrator.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.orchestrator.dispatch.AttemptListener;
import dev.rbees.orchestrator.dispatch.AttemptOrder;
import dev.rbees.orchestrator.dispatch.SteppedStream;
import dev.rbees.orchestrator.testing.TestTasks;

/**
 * A worker that makes tokens at its own pace, can die, hang and be cut off from the orchestrator. Which tokens it makes depends
 * on the seed of the task, their index, and on how it calculates.
 */
final class SimulatedWorker {

    private static final long HEARTBEAT = 5_000;
    private static final long RETRY = 1_000;
    private static final long STALL = 15_000;

    /** What was said, and when. */
    private record Word(long at, Runnable what) {}

    /**
     * One connection. Words travel for a while: those that were under way when the other side left are still heard. What is
     * said while the worker is cut off is heard afterwards, even when the other side has given up: an old attempt must not
     * get through by that.
     */
    private final class Answer {
        final GenerationRequest request;
        final SteppedStream stream;
        final Deque<Word> unheard = new ArrayDeque<>();
        int next;
        boolean open = true;
        boolean dead;
        long closedAt = Long.MAX_VALUE;
        long lastHeard = time.millis();

        Answer(AttemptOrder order, AttemptListener listener) {
            this.request = order.request();
            this.stream = new SteppedStream(order, listener, time::nanos);
            this.next = request.resumed().size();
        }

        void say(Runnable what) {
            unheard.add(new Word(time.millis(), what));
            time.after(random.nextInt(1, 8), this::deliver);
        }

        void deliver() {
            if (cutOff) {
                late.add(this);
            }
            while (!dead && !cutOff && !unheard.isEmpty()) {
                Word word = unheard.removeFirst();
                if (word.at() <= closedAt) {
                    lastHeard = time.millis();
                    word.what().run();
                }
            }
        }

        void close() {
            open = false;
            closedAt = Math.min(closedAt, time.millis());
            connections.remove(this);
            answers.remove(request.jobId(), this);
        }

        void lost() {
            if (open) {
                close();
                stream.closed();
            }
        }
    }

    private final String id;
    private final String model;
    private final int slots;
    private final String numerics;
    private final VirtualTime time;
    private final RandomGenerator random;
    private final SimulatedOrchestrator orchestrator;
    private final Set<Answer> connections = new LinkedHashSet<>();
    /** Those who said something that could not be heard. */
    private final Set<Answer> late = new LinkedHashSet<>();
    private final Map<String, Answer> answers = new LinkedHashMap<>();
    private boolean alive;
    private boolean hangs;
    private boolean drains;
    private boolean cutOff;
    /** Somebody else has its slots, or it says so. */
    private boolean busy;
    /** What it sends is not what a worker may say. */
    private boolean damaged;
    private boolean registered;
    /** This process was given a secret once. */
    private boolean again;
    private int life;

    SimulatedWorker(String id, int slots, String numerics, VirtualTime time, RandomGenerator random,
            SimulatedOrchestrator orchestrator) {
        this(id, TestTasks.MODEL, slots, numerics, time, random, orchestrator);
    }

    SimulatedWorker(String id, String model, int slots, String numerics, VirtualTime time, RandomGenerator random,
            SimulatedOrchestrator orchestrator) {
        this.id = id;
        this.model = model;
        this.slots = slots;
        this.numerics = numerics;
        this.time = time;
        this.random = random;
        this.orchestrator = orchestrator;
    }

    String id() {
        return id;
    }

    void busy(boolean now) {
        busy = now;
    }

    void damage(boolean now) {
        damaged = now;
    }

    boolean alive() {
        return alive;
    }

    String model() {
        return model;
    }

    /** Whether it makes an answer that somebody waits for. */
    boolean works() {
        return answers.values().stream().anyMatch(answer -> answer.open);
    }

    /** Whether it has registered, as far as it knows. */
    boolean registered() {
        return registered;
    }

    void start() {
        alive = true;
        hangs = false;
        drains = false;
        registered = false;
        again = false;
        int begun = ++life;
        time.after(random.nextInt(1, 500), () -> beat(begun));
    }

    private void beat(int begun) {
        if (life != begun) {
            return;
        }
        if (!hangs && !cutOff) {
            if (registered) {
                orchestrator.heartbeat(id,
                        new WorkerHeartbeat(drains ? WorkerStatus.DRAINING : WorkerStatus.READY, slots - answers.size(),
                                null),
                        known -> registered &= known);
            } else {
                orchestrator.register(TestTasks.worker(id, model, slots, numerics), again, () -> {
                    registered = true;
                    again = true;
                });
            }
        }
        time.after(registered ? HEARTBEAT : RETRY, () -> beat(begun));
    }

    /** kill -9: its connections break. */
    void die() {
        alive = false;
        life++;
        List.copyOf(answers.values()).forEach(answer -> time.after(random.nextInt(1, 20), answer::lost));
        answers.clear();
    }

    /** It ends with nothing to do, and says so. */
    void leave() {
        die();
        if (!cutOff) {
            orchestrator.deregister(id);
        }
    }

    /** SIGTERM: it takes nothing more, and gives back what it has. */
    void drain() {
        drains = true;
        for (Answer answer : List.copyOf(answers.values())) {
            answer.say(() -> refuse(answer, ErrorCode.DRAINING));
            answer.next = Integer.MAX_VALUE;
        }
    }

    private static void refuse(Answer answer, ErrorCode code) {
        answer.close();
        answer.stream.refuse(code);
    }

    private static void write(Answer answer, TaskEvent event) {
        if (!answer.stream.write(event)) {
            answer.close();
        }
    }

    /** What no worker may write. */
    private static String nonsense(int kind, int index, int token) {
        return switch (kind) {
            case 0 -> "event: token\ndata: {\"t\": \"x\"\n\n";
            case 1 -> frame(new TaskEvent.Token("x", index + 1, token));
            case 2 -> frame(new TaskEvent.Token("x", index, -token - 1));
            case 3 -> "event: token\rdata: {}\r\revent: end\rdata: {\"tokens_in\": -1000000}\r\r";
            default -> "event: end\ndata: <html>\n\n";
        };
    }

    private static String frame(TaskEvent event) {
        return "event: " + event.type() + "\ndata: " + event.toJson() + "\n\n";
    }

    /** SIGSTOP and SIGCONT. */
    void hang(boolean now) {
        hangs = now;
    }

    void cutOff(boolean now) {
        cutOff = now;
        List.copyOf(late).forEach(Answer::deliver);
    }

    /** All connections break, as they do when the orchestrator dies. */
    void disconnect() {
        late.forEach(answer -> answer.dead = true);
        late.clear();
        for (Answer answer : List.copyOf(connections)) {
            answer.close();
            answer.dead = true;
        }
    }

    /** A request comes; the result leaves it. */
    Runnable execute(AttemptOrder order, AttemptListener listener) {
        Answer answer = new Answer(order, listener);
        connections.add(answer);
        int begun = life;
        time.after(random.nextInt(1, 10), () -> begin(answer, begun));
        time.after(STALL, () -> watch(answer));
        return answer::close;
    }

    private void watch(Answer answer) {
        if (answer.open && time.millis() - answer.lastHeard >= STALL) {
            answer.lost();
        } else if (answer.open) {
            time.after(answer.lastHeard + STALL - time.millis(), () -> watch(answer));
        }
    }

    private void begin(Answer answer, int begun) {
        if (!alive || life != begun) {
            answer.lost();
        } else if (answer.open && (drains || busy || answers.size() >= slots)) {
            answer.say(() -> refuse(answer, drains ? ErrorCode.DRAINING : ErrorCode.ALL_SLOTS_BUSY));
        } else if (answer.open) {
            answers.put(answer.request.jobId(), answer);
            answer.say(() -> write(answer, new TaskEvent.Started(answer.request.jobId(), model, time.instant(),
                    seed(answer.request), null, null)));
            time.after(random.nextInt(1, 60), () -> go(answer, begun));
        }
    }

    private void go(Answer answer, int begun) {
        if (life != begun || !answer.open) {
            return;
        }
        if (!hangs) {
            int wanted = wanted(answer.request);
            if (answer.next == Integer.MAX_VALUE) {
                return;
            }
            if (answer.next >= wanted) {
                answer.say(() -> {
                    answer.close();
                    answer.stream.write(new TaskEvent.End(3, 0, wanted, 10L * wanted, StopReason.MAX_TOKENS, null));
                });
                return;
            }
            int index = answer.next++;
            int token = token(seed(answer.request).bits(), index, numerics);
            if (damaged && random.nextInt(3) == 0) {
                String text = nonsense(random.nextInt(5), index, token);
                answer.say(() -> {
                    answer.close();
                    answer.stream.write(text);
                    answer.stream.closed();
                });
                return;
            }
            answer.say(() -> write(answer, new TaskEvent.Token("x", index, token)));
        }
        time.after(random.nextInt(5, 120), () -> go(answer, begun));
    }

    private static Seed seed(GenerationRequest request) {
        return Objects.requireNonNull(request.sampling().seed(), "the orchestrator draws one");
    }

    private static int wanted(GenerationRequest request) {
        return Objects.requireNonNull(request.sampling().maxTokens(), "every simulated task says it");
    }

    /** What a worker makes. */
    static int token(long seed, int index, String numerics) {
        long mixed = (seed * 31 + index) * 0x9E3779B97F4A7C15L + numerics.hashCode() * 0xC2B2AE3D27D4EB4FL;
        return (int) (mixed >>> 40) & 0xFFFF;
    }
}
