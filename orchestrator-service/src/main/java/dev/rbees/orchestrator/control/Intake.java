package dev.rbees.orchestrator.control;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.task.TaskView;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.orchestrator.admission.Admission;
import dev.rbees.orchestrator.admission.Outcome;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.queue.QueueRoom;
import dev.rbees.orchestrator.quota.Quotas;
import dev.rbees.orchestrator.reservation.Reservation;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.store.TaskStore.NewTask;
import dev.rbees.orchestrator.store.TaskStore.Unfinished;
import dev.rbees.orchestrator.task.Task;

/** The way of a task into the system: admission, store, queue. */
public final class Intake {

    private final Admission admission;
    private final TaskStore store;
    private final QueueRoom room;
    private final Quotas quotas;
    private final ControlLoop control;
    private final TaskDirectory directory;
    private final TaskMeters meters;
    private final AuditLog audit;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final AtomicLong tickets = new AtomicLong();

    public Intake(Admission admission, ControlLoop control, ControlTools tools) {
        this.admission = admission;
        this.store = tools.store();
        this.room = tools.room();
        this.quotas = tools.quotas();
        this.audit = tools.audit();
        this.control = control;
        this.directory = tools.directory();
        this.meters = tools.meters();
        this.clock = tools.clock();
        this.random = tools.random();
    }

    /**
     * A task as it comes from a client.
     *
     * @param task what it wants
     * @param tenant whose it is, null for the installation's own
     * @param correlationId of the request
     * @param trace where the request stands in a distributed trace, as the header {@code traceparent} says it
     * @param digest hex SHA-256 of the request's body
     * @param idempotencyKey the client's name for the request, null for none
     */
    public record Submission(TaskSubmission task, @Nullable String tenant, String correlationId, String trace, String digest,
            @Nullable String idempotencyKey) {

        /** why: a key has no space, so that no tenant can meet the key of another. */
        private @Nullable String keyOfTenant() {
            return tenant == null || idempotencyKey == null ? idempotencyKey : tenant + " " + idempotencyKey;
        }
    }

    /** The whole way: may it enter, is it durable, where does it stand. Fails with the code that the client is told. */
    public CompletableFuture<Accepted> submit(Submission submission) {
        return admission.decide(submission.task())
                .thenCompose(outcome -> commit(outcome, submission))
                .whenComplete((accepted, _) -> meters.submitted(accepted != null));
    }

    private CompletableFuture<Accepted> commit(Outcome outcome, Submission submission) {
        return switch (outcome) {
            case Outcome.Rejected(RbeesException why) -> CompletableFuture.failedFuture(why);
            case Outcome.Admitted() -> enter(submission);
        };
    }

    /** It has its place; now it gets its tokens, if its tenant or its session counts them. */
    private CompletableFuture<Accepted> enter(Submission submission) {
        String id = newId();
        return switch (quotas.reserve(submission.tenant(), id, submission.task())) {
            case Reservation.Reserved(TaskSubmission limited) -> commit(id, submission, limited);
            case Reservation.Refused(RbeesException why) -> {
                room.giveBack();
                audit.write(() -> AuditEvent.rateLimitExceeded(submission.tenant()));
                yield CompletableFuture.failedFuture(why);
            }
        };
    }

    private CompletableFuture<Accepted> commit(String id, Submission submission, TaskSubmission wanted) {
        Task task = Task.accepted(id, submission.correlationId(), submission.trace(), submission.tenant(), wanted,
                clock.instant());
        // why: each attempt draws from the same seed, so that any of them can go on where another ended
        GenerationRequest request = new GenerationRequest(task.id(), wanted.prompt(),
                wanted.sampling().withSeed(Seed.random(random)))
                .scoped(quotas.tenants().cacheScope(submission.tenant()));
        return store.insert(new NewTask(task, request.toJson(), submission.digest(), submission.keyOfTenant()))
                .whenComplete((insertion, _) -> {
                    if (!(insertion instanceof Insertion.Inserted)) {
                        room.giveBack();
                        quotas.release(submission.tenant(), id, wanted);
                    }
                })
                .thenCompose(insertion -> switch (insertion) {
                    case Insertion.Inserted() -> {
                        audit.write(() -> AuditEvent.taskSubmitted(task, wanted));
                        yield enqueue(task, request);
                    }
                    case Insertion.SeenBefore(Task before) -> CompletableFuture.completedFuture(seenBefore(before));
                    case Insertion.KeyReused() -> CompletableFuture.failedFuture(new RbeesException(
                            ErrorCode.IDEMPOTENCY_KEY_REUSED, "this Idempotency-Key was used for another request"));
                });
    }

    /**
     * A UUID of version 7: the time in milliseconds, then 74 random bits.
     *
     * <p>
     * why: ids that come one after another lie side by side in the index of the record, random ones would each touch a page of it.
     */
    private String newId() {
        long high = (clock.instant().toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0xFFFL);
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    private Accepted seenBefore(Task task) {
        TaskView now = directory.live(task.id()).map(LiveTask::view).orElse(task.view(null));
        return Accepted.of(now.jobId(), now.status(), now.queuePosition());
    }

    private CompletableFuture<Accepted> enqueue(Task task, GenerationRequest request) {
        LiveTask live = adopt(task, request, List.of());
        return control.enqueue(live).thenApply(position -> Accepted.of(task.id(), task.state(), position));
    }

    /**
     * Takes up a task that had not ended when the orchestrator was last stopped: it waits again, and what was said of its
     * answer stays. Before the control loop runs.
     */
    public void takeUp(Unfinished left) {
        GenerationRequest request = left.request().map(Intake::parse).orElse(null);
        if (request == null) {
            endWithoutPrompt(left);
            return;
        }
        Task task = left.task();
        if (task.state() == TaskState.DISPATCHED || task.state() == TaskState.RUNNING) {
            task = task.interrupted(clock.instant());
        }
        if (task.state() == TaskState.RETRY_WAIT) {
            task = task.requeued();
        }
        room.take();
        quotas.goesOn(task, request.sampling());
        store.update(task);
        control.enqueueAgain(adopt(task, request, left.events()));
    }

    private static GenerationRequest parse(String json) {
        return GenerationRequest.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private void endWithoutPrompt(Unfinished left) {
        String message = "the prompt of this task cannot be decrypted any more; hand the task in again";
        int tokens = (int) left.events().stream().filter(event -> event.type().equals("token")).count();
        Task ended = left.task().ended(ErrorCode.INTERNAL, message, tokens, clock.instant());
        TaskLog.ended(left.events()).seal(new TaskEvent.Failed(ErrorCode.INTERNAL, message),
                (log, written) -> store.finish(ended, log, written));
    }

    private LiveTask adopt(Task task, GenerationRequest request, List<LoggedEvent> events) {
        TaskLog log = new TaskLog(events, (event, written) -> store.append(task.id(), event, written));
        LiveTask live = new LiveTask(tickets.incrementAndGet(), task, request, log);
        directory.add(live);
        return live;
    }
}
