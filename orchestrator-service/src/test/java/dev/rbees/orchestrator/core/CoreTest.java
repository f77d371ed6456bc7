package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The transitions alone: commands in, effects out, no thread and no clock. */
class CoreTest {

    private static final Instant BEGIN = Instant.parse("2026-11-27T08:00:00Z");

    private final Ownership owner = new Ownership("the core");
    private final Fleet fleet = new Fleet(Policy.LEAST_LOADED, owner);
    private final Core core = new Core(owner, new CoreSettings(Policy.LEAST_LOADED, FullQueue.REJECT, Timeouts.USUAL), fleet,
            new Pools(PlacementSettings.USUAL, List.of(), owner), new ThroughputEstimator(), new SplittableRandom(1));
    private Instant wall = BEGIN;
    private Instant steady = BEGIN;
    private long numbers;

    /** What follows, but for notes of what is there, which come whatever happens. */
    private List<Effect> when(Command command) {
        return core.handle(command, new Moment(wall, steady)).stream()
                .filter(effect -> !(effect instanceof Effect.NoteModels))
                .toList();
    }

    private void pass(Duration time) {
        wall = wall.plus(time);
        steady = steady.plus(time);
    }

    private List<Effect> tickAfter(Duration time) {
        pass(time);
        return when(new Command.Tick());
    }

    private List<Effect> enqueue(String id) {
        return enqueue(id, OnDisconnect.KEEP, null, null);
    }

    private List<Effect> enqueue(String id, OnDisconnect onDisconnect, @Nullable Duration deadline,
            @Nullable Integer contextNeeded) {
        TaskSubmission plain = TestTasks.submission("hello", Priority.INTERACTIVE, null, deadline);
        TaskSubmission wanted = new TaskSubmission(plain.model(), plain.prompt(), plain.sampling(), plain.priority(),
                plain.sessionId(), plain.deadline(), onDisconnect);
        Task task = Task.accepted(id, "c", "t", null, wanted, contextNeeded, wall);
        return when(new Command.Enqueue(new Command.Entry(task, ++numbers, 10, 0, null), new CompletableFuture<>()));
    }

    private List<Effect> register(String id, int slots, int contextLength) {
        return when(new Command.Register(new WorkerRegistration(id, "127.0.0.1", 8001, Backend.CPU, "tiny", "a".repeat(64),
                contextLength, slots, slots, "x"), false, new CompletableFuture<>()));
    }

    private List<Effect> heartbeat(String id, int slotsFree) {
        return when(new Command.Heartbeat(id, new WorkerHeartbeat(WorkerStatus.READY, slotsFree, null),
                new CompletableFuture<>()));
    }

    private static <E extends Effect> List<E> only(Class<E> type, List<Effect> effects) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static Effect.Dispatch dispatched(List<Effect> effects) {
        List<Effect.Dispatch> all = only(Effect.Dispatch.class, effects);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private static Optional<ErrorCode> failure(List<Effect> effects) {
        return only(Effect.Finish.class, effects).stream().map(Effect.Finish::last)
                .map(last -> ((TaskEvent.Failed) last).code()).findFirst();
    }

    private List<Effect> broken(String id, int number, ErrorCode code, int tokens) {
        return when(new Command.AttemptEnded(id, number, new AttemptEnd.Broken(code, "no"), tokens));
    }

    @Test
    void aTaskGoesFromAcceptanceToItsEnd() {
        register("w", 1, 128);
        List<Effect> come = enqueue("a");
        assertThat(only(Effect.TellPosition.class, come).getFirst().event().queuePosition()).isEqualTo(1);
        assertThat(only(Effect.ReleasePermit.class, come)).containsExactly(new Effect.ReleasePermit(10));
        Effect.Dispatch dispatch = dispatched(come);
        assertThat(dispatch.worker().workerId()).isEqualTo("w");
        assertThat(dispatch.task().state()).isEqualTo(TaskState.DISPATCHED);
        List<Effect> begun = when(new Command.AttemptStarted("a", dispatch.number()));
        assertThat(only(Effect.Persist.class, begun).getFirst().task().state()).isEqualTo(TaskState.RUNNING);
        TaskEvent.End end = new TaskEvent.End(3, 0, 5, 100, StopReason.EOS, null);
        List<Effect> over = when(new Command.AttemptEnded("a", dispatch.number(), new AttemptEnd.Complete(end), 5));
        assertThat(only(Effect.Finish.class, over).getFirst().ended().state()).isEqualTo(TaskState.COMPLETED);
        assertThat(fleet.views().getFirst().slotsFree()).isEqualTo(1);
    }

    @Test
    void theReplyIsTheLastThingThatIsDoneForACommandButForNewWork() {
        List<Effect> come = enqueue("a");
        assertThat(come.getLast()).isInstanceOf(Effect.Reply.class);
    }

    @Test
    void whatAnEarlierAttemptSaysChangesNothing() {
        register("w", 1, 128);
        int first = dispatched(enqueue("a")).number();
        broken("a", first, ErrorCode.WORKER_UNAVAILABLE, 0);
        heartbeat("w", 1);
        Effect.Dispatch second = dispatched(tickAfter(Duration.ofSeconds(1)));
        assertThat(second.number()).isGreaterThan(first);
        TaskEvent.End end = new TaskEvent.End(3, 0, 5, 100, StopReason.EOS, null);
        assertThat(when(new Command.AttemptStarted("a", first))).isEmpty();
        assertThat(when(new Command.AttemptEnded("a", first, new AttemptEnd.Complete(end), 5))).isEmpty();
    }

    @Test
    void aWorkerThatIsBusyAgainAndAgainDoesNotDefeatTheTimeoutAndIsAskedEverMoreSeldom() {
        register("w", 1, 128);
        Effect.Dispatch attempt = dispatched(enqueue("a"));
        int refusals = 0;
        int told = 0;
        Optional<ErrorCode> end = Optional.empty();
        Instant began = steady;
        List<Effect> effects = broken("a", attempt.number(), ErrorCode.ALL_SLOTS_BUSY, 0);
        while (end.isEmpty() && steady.isBefore(began.plus(Duration.ofHours(2)))) {
            effects = new ArrayList<>(tickAfter(Duration.ofMillis(250)));
            heartbeat("w", 1);
            for (Effect.Dispatch again : only(Effect.Dispatch.class, effects)) {
                refusals++;
                broken("a", again.number(), ErrorCode.ALL_SLOTS_BUSY, 0);
            }
            told += only(Effect.TellPosition.class, effects).size();
            end = failure(effects);
        }
        assertThat(end).contains(ErrorCode.TIMEOUT);
        assertThat(Duration.between(began, steady)).isBetween(Timeouts.USUAL.queue(), Timeouts.USUAL.queue().plusSeconds(1));
        assertThat(refusals).as("refusals in an hour").isLessThan(400);
        assertThat(told).as("nothing changed, so nobody was told anything").isZero();
    }

    @Test
    void aWorkerThatSaysItHasNoFreeSlotIsNotAskedAfterARefusal() {
        register("w", 1, 128);
        broken("a", dispatched(enqueue("a")).number(), ErrorCode.ALL_SLOTS_BUSY, 0);
        for (int i = 0; i < 20; i++) {
            heartbeat("w", 0);
            assertThat(only(Effect.Dispatch.class, tickAfter(Duration.ofSeconds(5)))).isEmpty();
        }
        heartbeat("w", 1);
        assertThat(only(Effect.Dispatch.class, tickAfter(Duration.ofSeconds(6)))).hasSize(1);
    }

    @Test
    void theLimitOfARunCountsOverAllItsAttempts() {
        register("w", 1, 128);
        Effect.Dispatch attempt = dispatched(enqueue("a"));
        Instant began = steady;
        Optional<ErrorCode> end = Optional.empty();
        while (end.isEmpty() && steady.isBefore(began.plus(Duration.ofHours(2)))) {
            when(new Command.AttemptStarted("a", attempt.number()));
            List<Effect> effects = new ArrayList<>();
            for (int i = 0; i < 20 && end.isEmpty(); i++) {
                heartbeat("w", 1);
                effects.addAll(tickAfter(Duration.ofSeconds(5)));
                end = failure(effects);
            }
            if (end.isEmpty()) {
                broken("a", attempt.number(), ErrorCode.DRAINING, 0);
                heartbeat("w", 1);
                pass(Duration.ofSeconds(5));
                attempt = dispatched(when(new Command.Tick()));
            }
        }
        assertThat(end).contains(ErrorCode.TIMEOUT);
        assertThat(Duration.between(began, steady)).isLessThan(Timeouts.USUAL.run().plusSeconds(10));
    }

    @Test
    void aWorkerThatIsStartedAnewHasItsTasksStoppedAndTriedAgain() {
        register("w", 1, 128);
        int number = dispatched(enqueue("a")).number();
        List<Effect> anew = register("w", 1, 128);
        assertThat(only(Effect.StopAttempt.class, anew)).containsExactly(new Effect.StopAttempt("a", number));
        when(new Command.AttemptStopped("a", number, 0));
        Effect.Dispatch again = dispatched(tickAfter(Duration.ofSeconds(1)));
        assertThat(again.task().attempts()).hasSize(2);
    }

    @Test
    void aPoisonTaskDiesWithItsThirdWorker() {
        List<Effect> effects = List.of();
        enqueue("a");
        for (int i = 0; i < 3; i++) {
            Effect.Dispatch attempt = dispatched(new ArrayList<>(register("w" + i, 1, 128)));
            effects = broken("a", attempt.number(), ErrorCode.WORKER_UNAVAILABLE, 0);
            tickAfter(Duration.ofSeconds(2));
        }
        assertThat(failure(effects)).contains(ErrorCode.POISON_TASK);
    }

    @Test
    void aLongPromptGoesWhereItFitsAndLetsOthersPass() {
        register("short", 1, 128);
        enqueue("long", OnDisconnect.KEEP, null, 1_000);
        Effect.Dispatch other = dispatched(enqueue("b"));
        assertThat(other.taskId()).isEqualTo("b");
        assertThat(dispatched(register("wide", 1, 4_096)).taskId()).isEqualTo("long");
    }

    @Test
    void aPromptThatIsTooLongForOneWorkerIsGivenToOneWithALongerContext() {
        register("short", 1, 128);
        Effect.Dispatch first = dispatched(enqueue("a"));
        register("wide", 1, 4_096);
        broken("a", first.number(), ErrorCode.CONTEXT_LENGTH_EXCEEDED, 0);
        assertThat(dispatched(tickAfter(Duration.ofSeconds(1))).worker().workerId()).isEqualTo("wide");
    }

    @Test
    void whereNoWorkerHasALongerContextTheTaskFails() {
        register("short", 1, 128);
        Effect.Dispatch first = dispatched(enqueue("a"));
        assertThat(failure(broken("a", first.number(), ErrorCode.CONTEXT_LENGTH_EXCEEDED, 0)))
                .contains(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
    }

    @Test
    void whoLeavesATaskEndsItWhereTheTaskSaysSo() {
        enqueue("a", OnDisconnect.CANCEL, null, null);
        enqueue("b");
        assertThat(when(new Command.Abandoned("a"))).containsExactly(new Effect.CancelIfAbandoned("a"));
        assertThat(when(new Command.Abandoned("b"))).isEmpty();
    }

    @Test
    void whoIsSentAwayBecauseTheProgramClosesHasNotLeft() {
        enqueue("a", OnDisconnect.CANCEL, null, null);
        when(new Command.Drain());
        when(new Command.Close());
        assertThat(when(new Command.Abandoned("a"))).isEmpty();
    }

    @Test
    void theTimeOfDayMayJumpWithoutAnythingEnding() {
        register("w", 1, 128);
        Effect.Dispatch attempt = dispatched(enqueue("a", OnDisconnect.KEEP, Duration.ofMinutes(10), null));
        when(new Command.AttemptStarted("a", attempt.number()));
        for (Duration jump : List.of(Duration.ofHours(1), Duration.ofHours(-2), Duration.ofDays(1), Duration.ofDays(-2))) {
            wall = wall.plus(jump);
            heartbeat("w", 0);
            assertThat(tickAfter(Duration.ofMillis(250))).isEmpty();
        }
        assertThat(failure(tickAfter(Duration.ofMinutes(10)))).contains(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void aTaskOfAnEarlierProcessWaitsAgainAndGoesOnBehindItsTokens() {
        Task left = Task
                .accepted("a", "c", "t", null, TestTasks.submission("hello", Priority.INTERACTIVE, null, null), null, wall)
                .dispatched("gone", "d/x", 0, TestTasks.CHOICE, wall).running(wall);
        List<Effect> effects = when(new Command.Adopt(new Command.Entry(left, 7, 10, 4, null)));
        Task waiting = only(Effect.Persist.class, effects).getFirst().task();
        assertThat(waiting.state()).isEqualTo(TaskState.QUEUED);
        assertThat(waiting.attempts().getFirst().outcome()).isEqualTo("interrupted");
        assertThat(only(Effect.TellPosition.class, effects)).as("it waits again, which is news").hasSize(1);
        assertThat(dispatched(register("w", 1, 128)).task().attempts().getLast().firstToken()).isEqualTo(4);
    }

    @Test
    void aTaskThatWaitedBeforeTheRestartIsToldNothingNew() {
        Task waiting = Task.accepted("a", "c", "t", null, TestTasks.submission("hello", Priority.INTERACTIVE, null, null),
                wall);
        List<Effect> effects = when(new Command.Adopt(new Command.Entry(waiting, 7, 10, 0, null)));
        assertThat(effects).hasSize(1).first().isInstanceOf(Effect.Publish.class);
    }

    @Test
    void aTaskWhoseRecordIsDamagedEndsAndNothingElse() {
        enqueue("a");
        enqueue("b");
        assertThat(failure(when(new Command.Fail("a", ErrorCode.INTERNAL, "damaged")))).contains(ErrorCode.INTERNAL);
        assertThat(when(new Command.Fail("a", ErrorCode.INTERNAL, "damaged"))).isEmpty();
    }

    @Test
    void positionsAreToldToWhoReadsAlongAndOnlyWhenTheyChange() {
        enqueue("a");
        enqueue("b");
        when(new Command.Watch("b"));
        assertThat(tickAfter(Duration.ofSeconds(1))).isEmpty();
        register("w", 1, 128);
        List<Effect.TellPosition> told = only(Effect.TellPosition.class, tickAfter(Duration.ofSeconds(1)));
        assertThat(told).hasSize(1);
        when(new Command.Unwatch("b", told.getFirst().watch()));
        enqueue("c");
        when(new Command.Watch("c"));
        when(new Command.Watch("c"));
        when(new Command.Unwatch("c", 1));
        when(new Command.Cancel("b", new CompletableFuture<>()));
        assertThat(only(Effect.TellPosition.class, tickAfter(Duration.ofSeconds(1)))).hasSize(1);
    }

    @Test
    void onlyItsOwnerMayTouchTheCore() throws InterruptedException {
        Thread other = Thread.ofPlatform().start(owner::claim);
        other.join();
        assertThatThrownBy(() -> when(new Command.Tick())).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the core");
        assertThatThrownBy(() -> fleet.forgive(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTaskThatComesTwiceIsAFaultOfOurs() {
        enqueue("a");
        assertThatThrownBy(() -> enqueue("a")).isInstanceOf(IllegalStateException.class);
    }
}
