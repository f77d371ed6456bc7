package dev.rbees.orchestrator.control;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Accepted;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.task.TaskView;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.orchestrator.admission.Admission;
import dev.rbees.orchestrator.admission.Outcome;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.reservation.Reservation;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.store.TaskStore.NewTask;
import dev.rbees.orchestrator.task.Task;

/**
 * The way of a task into the system: has it come before, may it enter, are there tokens for it, is there room, is it durable, where
 * does it stand. Any thread; nothing waits, but for the look at an idempotency key.
 */
public final class Intake {

    /** why: requests of this much that wait are kept in memory, so that they need not be read from the record. */
    private static final long KEPT_BYTES = 32L * 1024 * 1024;

    private final Admission admission;
    private final ControlLoop control;
    private final ControlTools tools;
    private final ThroughputEstimator throughput;
    private final Affinity affinity;
    private final Runnable adoption;
    private final Executor reads;
    private final RandomGenerator random;

    /**
     * @param throughput when there will be room
     * @param affinity what the policy keeps on one worker
     * @param adoption is told when a task may be in the record that nobody works on
     * @param reads runs what reads the record, which waits
     */
    public Intake(Admission admission, ControlLoop control, ControlTools tools, ThroughputEstimator throughput,
            Affinity affinity, Runnable adoption, Executor reads) {
        this.admission = admission;
        this.control = control;
        this.tools = tools;
        this.throughput = throughput;
        this.affinity = affinity;
        this.adoption = adoption;
        this.reads = reads;
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
     * @param loop of the connection that it came by, where its answer will most likely be read; null where there is none
     */
    public record Submission(TaskSubmission task, @Nullable String tenant, String correlationId, String trace, String digest,
            @Nullable String idempotencyKey, @Nullable Executor loop) {

        /** why: a key has no space, so that no tenant can meet the key of another. */
        private @Nullable String keyOfTenant() {
            return tenant == null || idempotencyKey == null ? idempotencyKey : tenant + " " + idempotencyKey;
        }
    }

    /** A task on its way in: all that was found out about it. */
    private record Entrant(Submission from, Task task, GenerationRequest request, String json, long bytes) {}

    /**
     * The whole way. Fails with the code that the client is told; completes on a thread of this program that must not be held up, so
     * that who does more than a little with the answer has to hop.
     */
    public CompletableFuture<Accepted> submit(Submission submission) {
        return seenBefore(submission)
                .thenCompose(before -> before.map(CompletableFuture::completedFuture).orElseGet(() -> admit(submission)))
                .whenComplete((accepted, _) -> tools.meters().submitted(accepted != null));
    }

    /** What was answered to the same request before; fails when its key stands for another. */
    private CompletableFuture<Optional<Accepted>> seenBefore(Submission submission) {
        String key = submission.keyOfTenant();
        return key == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : CompletableFuture.supplyAsync(() -> tools.store().seenBefore(key, submission.digest()), reads)
                        .thenApply(before -> before.map(this::again));
    }

    private Accepted again(Insertion before) {
        return switch (before) {
            case Insertion.SeenBefore(Task task) -> {
                TaskView now = tools.directory().live(task.id()).map(tools.directory()::view).orElse(task.view(null));
                yield Accepted.of(now.jobId(), now.status(), now.queuePosition());
            }
            case Insertion.KeyReused _ -> throw new RbeesException(ErrorCode.IDEMPOTENCY_KEY_REUSED,
                    "this Idempotency-Key was used for another request");
            case Insertion.Inserted _ -> throw new IllegalStateException("it was not handed in yet");
        };
    }

    private CompletableFuture<Accepted> admit(Submission submission) {
        Optional<RbeesException> overload = control.overload();
        return overload.isPresent()
                ? CompletableFuture.failedFuture(overload.get())
                : admission.decide(submission.task()).thenCompose(outcome -> switch (outcome) {
                    case Outcome.Rejected(RbeesException why) -> CompletableFuture.failedFuture(why);
                    case Outcome.Admitted(var context) -> reserve(submission, newId(), context);
                });
    }

    /** Tokens first: whoever has none left must not push out the tasks of others. */
    private CompletableFuture<Accepted> reserve(Submission submission, String id, @Nullable Integer contextNeeded) {
        return switch (tools.quotas().reserve(submission.tenant(), id, submission.task())) {
            case Reservation.Refused(RbeesException why) -> {
                tools.audit().write(() -> AuditEvent.rateLimitExceeded(submission.tenant()));
                yield CompletableFuture.failedFuture(why);
            }
            case Reservation.Reserved(TaskSubmission wanted) -> {
                Task task = Task.accepted(id, submission.correlationId(), submission.trace(), submission.tenant(), wanted,
                        contextNeeded, tools.clock().wall());
                // why: each attempt draws from the same seed, so that any of them can go on where another ended
                GenerationRequest request = new GenerationRequest(id, wanted.prompt(),
                        wanted.sampling().withSeed(Seed.random(random)), List.of(),
                        tools.quotas().tenants().cacheScope(submission.tenant()));
                String json = request.toJson();
                Entrant entrant = new Entrant(submission, task, request, json,
                        json.getBytes(StandardCharsets.UTF_8).length);
                yield permit(entrant).thenCompose(permitted -> permitted ? commit(entrant) : noRoom(entrant));
            }
        };
    }

    private CompletableFuture<Boolean> permit(Entrant entrant) {
        return tools.permits().tryAcquire(entrant.bytes)
                ? CompletableFuture.completedFuture(true)
                : control.makeRoom(entrant.task.priority())
                        .thenApply(made -> made && tools.permits().tryAcquire(entrant.bytes))
                        .whenComplete((_, failure) -> {
                            if (failure != null) {
                                release(entrant);
                            }
                        });
    }

    private CompletableFuture<Accepted> noRoom(Entrant entrant) {
        release(entrant);
        return CompletableFuture.failedFuture(RbeesException.busy(ErrorCode.QUEUE_FULL,
                tools.permits().describe() + "; try again after the time in Retry-After",
                throughput.untilRoom(tools.clock().steady())));
    }

    private void release(Entrant entrant) {
        tools.quotas().release(entrant.from.tenant(), entrant.task.id(), entrant.from.task());
    }

    /** Known to the directory first, so that nobody else adopts it while it is on its way from the record to the core. */
    private CompletableFuture<Accepted> commit(Entrant entrant) {
        Task task = entrant.task;
        TaskHandle handle = new TaskHandle(task, tools.permits().bytes() <= KEPT_BYTES ? entrant.request : null,
                entrant.from.loop(), () -> control.openLog(task.id(), List.of()));
        tools.directory().add(handle);
        // why: before the commit, because what follows it runs on the thread that writes the record
        String lasting = affinity.of(task, entrant.request);
        Runnable audited = tools.audit().prepare(() -> AuditEvent.taskSubmitted(task, entrant.from.task()));
        return tools.store()
                .insert(new NewTask(task, entrant.json, entrant.from.digest(), entrant.from.keyOfTenant()))
                .whenComplete((insertion, failure) -> {
                    if (!(insertion instanceof Insertion.Inserted)) {
                        tools.directory().forget(handle);
                        tools.permits().release(entrant.bytes);
                        release(entrant);
                    }
                    if (failure != null) {
                        adoption.run(); // why: the answer of a commit may be lost although it was made
                    }
                })
                .thenCompose(insertion -> insertion instanceof Insertion.Inserted(long number)
                        ? enqueue(new Command.Entry(task, number, entrant.bytes, 0, lasting), audited)
                        : CompletableFuture.completedFuture(again(insertion)));
    }

    private CompletableFuture<Accepted> enqueue(Command.Entry entry, Runnable audited) {
        audited.run();
        Task task = entry.task();
        // why: it is durable; where the orchestrator closes before it has a position, it goes on after the next start
        return control.enqueue(entry).handle(
                (position, closing) -> Accepted.of(task.id(), task.state(), closing == null ? position : null));
    }

    /**
     * A UUID of version 7: the time in milliseconds, then 74 random bits.
     *
     * <p>
     * why: ids that come one after another lie side by side in the index of the record, random ones would each touch a page of it.
     */
    private String newId() {
        long high = (tools.clock().wall().toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0xFFFL);
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
