package dev.rbees.orchestrator.control;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.task.Priority;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Core;
import dev.rbees.orchestrator.core.CoreSettings;
import dev.rbees.orchestrator.core.Timeouts;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.placement.PlacementSettings;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.queue.QueuePermits;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.quota.Quotas;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.orchestrator.store.SqlTaskStore;
import dev.rbees.orchestrator.store.TaskStore.NewTask;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModels;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.Ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Between the core and the world: mailbox, outbox, the two threads. */
class ControlLoopTest {

    private static final int ROOM = 4;

    private final CompletableFuture<Liveness.Failure> ended = new CompletableFuture<>();
    private SqlTaskStore store;
    private TaskDirectory directory;
    private ControlTools tools;
    private ControlLoop loop;
    private long numbers;

    @BeforeEach
    void build(@TempDir Path home) {
        Clock clock = Clock.systemUTC();
        store = SqlTaskStore.open(new RbeesHome(home), Optional.empty());
        directory = new TaskDirectory(store);
        Ownership owner = new Ownership("the core");
        Fleet fleet = new Fleet(Policy.LEAST_LOADED, owner);
        Core core = new Core(owner, new CoreSettings(Policy.LEAST_LOADED, FullQueue.REJECT, Timeouts.USUAL), fleet,
                new Pools(PlacementSettings.USUAL, List.of(), owner), new ThroughputEstimator(), new SplittableRandom(1));
        tools = new ControlTools(store, (_, _) -> () -> {
        }, new Quotas(new Tenants(store, clock, new SplittableRandom(1)), new Sessions(store, clock)),
                new KnownModels(Catalog.builtIn(), store, clock), new QueuePermits(100, 1_000_000),
                new TaskMeters(new SimpleMeterRegistry(), core.waiting()::size), AuditLog.NONE, PoolActions.NONE, directory,
                new SteadyClock(clock, System::nanoTime), new SplittableRandom(1));
        loop = new ControlLoop(core, owner, tools, new Liveness(ended::complete), ROOM);
    }

    @AfterEach
    void close() {
        loop.close();
        store.close();
    }

    private CompletableFuture<Integer> enqueue(String id) {
        Task task = Task.accepted(id, "c", "t", null, TestTasks.submission("hello", Priority.INTERACTIVE, null, null),
                Instant.now());
        directory.add(new TaskHandle(task, null, null, () -> loop.openLog(id, List.of())));
        return loop.enqueue(new Command.Entry(task, ++numbers, 10, 0, null));
    }

    @Test
    void whileTheOutboxIsFullCommandsWaitAndNobodyElse() {
        List<CompletableFuture<Integer>> positions = List.of(enqueue("a"), enqueue("b"), enqueue("c"));
        loop.step();
        assertThat(loop.waiting()).as("the effects of one command more than there is room for").isBetween(ROOM, ROOM + 3);
        assertThat(positions).allMatch(position -> !position.isDone());
        while (loop.executeSome(1) > 0) {
            loop.step();
            assertThat(loop.waiting()).isLessThan(ROOM + 3);
        }
        assertThat(positions).extracting(CompletableFuture::join).containsExactly(1, 2, 3);
    }

    @Test
    void whenTheOrchestratorCannotKeepUpRequestsAreRefusedAndDurableTasksAreNot() {
        for (int i = 0; i < ControlLoop.MAILBOX; i++) {
            var _ = loop.cancel("nobody");
        }
        assertThat(loop.overload()).isPresent();
        assertThatThrownBy(() -> loop.cancel("nobody").get(0, TimeUnit.SECONDS)).cause().isInstanceOfSatisfying(
                RbeesException.class,
                refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED));
        CompletableFuture<Integer> durable = enqueue("a");
        do {
            loop.step();
        } while (loop.executeSome(1_000) > 0);
        assertThat(durable.join()).isEqualTo(1);
        assertThat(loop.overload()).isEmpty();
    }

    @Test
    void whoeverWaitsWhenTheLoopClosesHearsOfIt() {
        List<CompletableFuture<?>> waiting = List.of(loop.cancel("a"), loop.explain("a"), enqueue("b"));
        loop.close();
        assertThat(waiting).allSatisfy(ControlLoopTest::isRefusedAsClosing);
        isRefusedAsClosing(loop.cancel("a"));
    }

    private static void isRefusedAsClosing(CompletableFuture<?> reply) {
        assertThat(reply).isCompletedExceptionally();
        assertThat(((RbeesException) reply.exceptionNow()).code()).isEqualTo(ErrorCode.DRAINING);
    }

    @Test
    void aCommandThatFailsHalfWayEndsTheProgram() throws Exception {
        loop.start();
        enqueue("a").get(10, TimeUnit.SECONDS);
        var _ = enqueue("a");
        assertThat(ended.get(10, TimeUnit.SECONDS).thread()).isEqualTo("control");
    }

    @Test
    void repliesComeFromTheThreadThatExecutesAndNotFromTheOneThatDecides() throws Exception {
        loop.start();
        String thread = enqueue("a").thenApply(_ -> Thread.currentThread().getName()).get(10, TimeUnit.SECONDS);
        assertThat(thread).isNotEqualTo("control");
        assertThat(loop.cancel("a").get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(loop.cancel("a").get(10, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void whatDoesNotFitIntoTheMemoryStaysInTheRecordUntilOthersHaveEnded() throws Exception {
        CompletableFuture.allOf(IntStream.range(0, 2_000)
                .mapToObj(i -> store.insert(new NewTask(Task.accepted("t" + i, "c", "t",
                        null, TestTasks.submission("hello", Priority.INTERACTIVE, null, null), Instant.now()), "{}", "",
                        null)))
                .toArray(CompletableFuture[]::new)).join();
        Adoption adoption = new Adoption(tools, loop, new Affinity(Policy.LEAST_LOADED), 500, new Liveness(ended::complete));
        for (int i = 0; i < 10; i++) {
            adoption.look();
        }
        assertThat(directory.size()).isBetween(500, 800);
        assertThat(adoption.complete()).isFalse();
        loop.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            adoption.look();
            IntStream.range(0, 2_000).mapToObj(i -> "t" + i).filter(id -> directory.live(id).isPresent())
                    .forEach(id -> loop.cancel(id).join());
            return adoption.complete() && store.unfinished(0, 1).isEmpty();
        });
    }
}
