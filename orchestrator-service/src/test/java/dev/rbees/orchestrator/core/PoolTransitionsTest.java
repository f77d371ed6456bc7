package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolState;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.task.WaitingFor;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.orchestrator.placement.PlacementSettings;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.time.Moment;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.thread.Ownership;

import static org.assertj.core.api.Assertions.assertThat;

/** From a task that no worker has the model for to a worker, and to its end: commands in, effects out. */
class PoolTransitionsTest {

    private static final long GIGABYTE = 1_000_000_000L;

    private final Ownership owner = new Ownership("the core");
    private final Fleet fleet = new Fleet(Policy.LEAST_LOADED, owner);
    private final Pools pools = new Pools(PlacementSettings.USUAL, List.of(), owner);
    private final Core core = new Core(owner, new CoreSettings(Policy.LEAST_LOADED, FullQueue.REJECT, Timeouts.USUAL), fleet,
            pools, new ThroughputEstimator(), new SplittableRandom(1));
    private Instant now = Instant.parse("2026-11-27T08:00:00Z");
    private long numbers;
    /** Workers that show that they live. */
    private final List<String> alive = new ArrayList<>();

    @BeforeEach
    void onePool() {
        when(new Command.PoolJoined(new PoolRegistration("p", "p", null, null, null, Map.of(), true, false, List.of(), null),
                new CompletableFuture<>()));
        seen(8, List.of());
    }

    private List<Effect> when(Command command) {
        return core.handle(command, new Moment(now, now)).stream().filter(effect -> !(effect instanceof Effect.NoteModels))
                .toList();
    }

    private List<Effect> after(Duration time) {
        List<Effect> all = new ArrayList<>();
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plusMillis(500)) {
            now = now.plusMillis(500);
            alive.forEach(worker -> all.addAll(when(new Command.Heartbeat(worker,
                    new WorkerHeartbeat(WorkerStatus.READY, 1, null), new CompletableFuture<>()))));
            all.addAll(when(new Command.Tick()));
        }
        return all;
    }

    private List<Effect> seen(long freeGigabytes, List<WorkerProcess> workers) {
        ModelEntry big = new ModelEntry("big", "big", true, "gguf", null, null, 4 * GIGABYTE, null, null, null, null, 1_000,
                5 * GIGABYTE, null);
        ModelEntry other = new ModelEntry("other", "other", true, "gguf", null, null, 4 * GIGABYTE, null, null, null, null,
                1_000, 5 * GIGABYTE, null);
        return when(new Command.PoolSeen("p", new PoolStatus(1, "p",
                new PoolStatus.Memory(8 * GIGABYTE, freeGigabytes * GIGABYTE), new PoolStatus.Disk("", 1, 1), List.of(),
                List.of(big, other), workers)));
    }

    private WorkerProcess process(String id, String model) {
        return new WorkerProcess(id, 1, 8001, "", Backend.CPU, model, WorkerStatus.READY, 1, now, null);
    }

    private List<Effect> enqueue(String id, String model) {
        TaskSubmission plain = TestTasks.submission("hello", Priority.INTERACTIVE, null, null);
        Task task = Task.accepted(id, "c", "t", null, new TaskSubmission(model, plain.prompt(), plain.sampling(),
                plain.priority(), null, null, OnDisconnect.KEEP), null, now);
        List<Effect> effects = new ArrayList<>(
                when(new Command.Enqueue(new Command.Entry(task, ++numbers, 10, 0, null), new CompletableFuture<>())));
        when(new Command.Watch(id));
        effects.addAll(after(Duration.ofSeconds(1)));
        return effects;
    }

    private List<Effect> register(String id, String model) {
        return when(new Command.Register(TestTasks.worker(id, model, 2, "x"), false, new CompletableFuture<>()));
    }

    private static <E extends Effect> List<E> only(Class<E> type, List<Effect> effects) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static Effect.StartWorker started(List<Effect> effects) {
        List<Effect.StartWorker> all = only(Effect.StartWorker.class, effects);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private String running(String task, String model) {
        Effect.StartWorker start = started(enqueue(task, model));
        when(new Command.StartDone(start.start()));
        assertThat(only(Effect.Dispatch.class, register(start.workerId(), model))).hasSize(1);
        alive.add(start.workerId());
        return start.workerId();
    }

    @Test
    void aTaskStartsAWorkerIsToldOfItAndGoesThere() {
        List<Effect> come = enqueue("a", "big");
        Effect.StartWorker start = started(come);
        assertThat(start.poolId()).isEqualTo("p");
        assertThat(start.workerId()).startsWith("od-big-");
        assertThat(start.memoryBytes()).as("a tenth more than said, and a quarter of the rest").isEqualTo(5_997_000_000L);
        assertThat(start.download()).isFalse();
        assertThat(only(Effect.TellPosition.class, come)).extracting(tell -> tell.event().waitingFor())
                .contains(new WaitingFor("worker_starting", "p", new WaitingFor.Progress("start", 0)));
        when(new Command.StartProgress(start.start(), "load", 57));
        assertThat(only(Effect.TellPosition.class, after(Duration.ofSeconds(1))))
                .extracting(tell -> tell.event().waitingFor())
                .contains(new WaitingFor("worker_starting", "p", new WaitingFor.Progress("load", 50)));
        when(new Command.StartDone(start.start()));
        assertThat(only(Effect.Dispatch.class, register(start.workerId(), "big"))).hasSize(1);
    }

    @Test
    void twoFailedStartsEndTheTasksWithTheReason() {
        Effect.StartWorker first = started(enqueue("a", "big"));
        List<Effect> failed = when(
                new Command.StartFailed(first.start(), ErrorCode.WORKER_START_FAILED, "the file is damaged"));
        assertThat(only(Effect.Finish.class, failed)).isEmpty();
        Effect.StartWorker second = started(after(Duration.ofSeconds(10)));
        failed = when(new Command.StartFailed(second.start(), ErrorCode.WORKER_START_FAILED, "the file is damaged"));
        assertThat(only(Effect.Finish.class, failed)).singleElement().extracting(Effect.Finish::last)
                .isEqualTo(new TaskEvent.Failed(ErrorCode.WORKER_START_FAILED, "the file is damaged"));
        assertThat(only(Effect.StartWorker.class, enqueue("b", "big"))).as("not again at once").isEmpty();
        after(Duration.ofSeconds(60));
        seen(8, List.of());
        assertThat(only(Effect.StartWorker.class, after(Duration.ofSeconds(1)))).hasSize(1);
    }

    @Test
    void aLostLinkEndsNoTaskAndTheWorkerThatMayBeThereIsStopped() {
        Effect.StartWorker first = started(enqueue("a", "big"));
        when(new Command.StartFailed(first.start(), ErrorCode.POOL_UNAVAILABLE, "the link was lost"));
        List<Effect> then = after(Duration.ofSeconds(1));
        assertThat(only(Effect.StopWorker.class, then)).extracting(Effect.StopWorker::workerId)
                .containsExactly(first.workerId());
        assertThat(only(Effect.StartWorker.class, then)).as("its memory is not given away before").isEmpty();
        assertThat(only(Effect.Finish.class, then)).isEmpty();
    }

    @Test
    void aWorkerMakesRoomWhenItHasNoTaskAndNotBefore() {
        String worker = running("a", "big");
        seen(3, List.of(process(worker, "big")));
        after(Duration.ofSeconds(40));
        seen(3, List.of(process(worker, "big")));
        assertThat(only(Effect.StopWorker.class, enqueue("b", "other"))).as("it has a task").isEmpty();
        assertThat(only(Effect.Dispatch.class, enqueue("c", "big"))).as("it gets no other").isEmpty();
        when(new Command.Cancel("a", new CompletableFuture<>()));
        assertThat(only(Effect.StopWorker.class, after(Duration.ofSeconds(1)))).extracting(Effect.StopWorker::room)
                .containsExactly("other");
        alive.clear();
        when(new Command.Deregister(worker, new CompletableFuture<>()));
        assertThat(only(Effect.ProbePool.class, when(new Command.StopDone("p", worker, true)))).hasSize(1);
        seen(8, List.of());
        assertThat(started(after(Duration.ofSeconds(1))).model()).as("who waits longest").isEqualTo("other");
    }

    @Test
    void afterARestartItKnowsItsWorkersByTheirNamesAndLetsThemGoWhenTheyAreIdle() {
        register("od-big-12345678", "big");
        alive.add("od-big-12345678");
        seen(3, List.of(process("od-big-12345678", "big"), process("by-hand", "other")));
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < 62; i++) {
            effects.addAll(after(Duration.ofSeconds(10)));
            seen(3, List.of(process("od-big-12345678", "big"), process("by-hand", "other")));
        }
        assertThat(only(Effect.StopWorker.class, effects)).extracting(Effect.StopWorker::workerId)
                .containsExactly("od-big-12345678");
    }

    @Test
    void aPoolThatIsSilentIsUnreachableAndGetsNothing() {
        after(Duration.ofSeconds(46));
        assertThat(pools.views().getFirst().state()).isEqualTo(PoolState.UNREACHABLE);
        assertThat(only(Effect.StartWorker.class, enqueue("a", "big"))).isEmpty();
        seen(8, List.of());
        assertThat(only(Effect.StartWorker.class, after(Duration.ofSeconds(1)))).hasSize(1);
        when(new Command.PoolUnseen("p", "its key has changed", true));
        assertThat(pools.views().getFirst().state()).isEqualTo(PoolState.FAILED);
        assertThat(pools.views().getFirst().problem()).isEqualTo("its key has changed");
    }

    @Test
    void aPoolThatDrainsGetsNoNewWorkers() {
        when(new Command.PoolDrained("p", true, new CompletableFuture<>()));
        assertThat(pools.views().getFirst().state()).isEqualTo(PoolState.DRAINING);
        assertThat(only(Effect.StartWorker.class, enqueue("a", "big"))).isEmpty();
        when(new Command.PoolDrained("p", false, new CompletableFuture<>()));
        assertThat(only(Effect.StartWorker.class, after(Duration.ofSeconds(1)))).hasSize(1);
    }
}
