package dev.rbees.orchestrator.embedding;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Capabilities;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.admission.Gate;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModels;

/**
 * Embeddings: asked for, waited for and answered in one request. They are no tasks: a client that goes away wants none, and one that
 * lost its answer asks again for little. Workers that make them have slots of their own, so that they do not meet tasks.
 */
public final class Embeddings {

    private static final int MOST_LOST = 3;
    private static final int MOST_WAITING = 1_024;
    /** why: somebody who asked the worker itself has the slot. */
    private static final Duration BUSY_PAUSE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Gate gate;
    private final KnownModels models;
    private final Fleet fleet;
    private final Tenants tenants;
    private final Embedder embedder;
    private final Slots slots = new Slots(MOST_WAITING);

    public Embeddings(Gate gate, KnownModels models, Fleet fleet, Tenants tenants, Embedder embedder) {
        this.gate = gate;
        this.models = models;
        this.fleet = fleet;
        this.tenants = tenants;
        this.embedder = embedder;
    }

    /**
     * Waits for the answer, on the calling thread, which may be a virtual one and must not be an event loop; all that is done with
     * the answer is done there. When the thread is interrupted, the worker is left.
     *
     * @param tenant whose request it is, null for the installation's own
     * @throws RbeesException as the worker says; MODEL_NOT_FOUND, INVALID_REQUEST for a model that makes text, QUOTA_EXCEEDED,
     *         QUEUE_FULL, WORKER_UNAVAILABLE, DRAINING
     */
    public EmbeddingAnswer embed(@Nullable String tenant, String model, EmbeddingRequest request, String correlationId)
            throws InterruptedException {
        check(model);
        tenants.ask(tenant, model);
        long end = System.nanoTime() + PATIENCE.toNanos();
        Set<String> lost = new HashSet<>();
        while (true) {
            Slots.Slot slot = slots.take(() -> workers(model), lost, end - System.nanoTime());
            try {
                EmbeddingAnswer answer = EmbeddingCheck.checked(ask(slot.worker(), request, correlationId), request,
                        slot.worker());
                tenants.answered(tenant, answer.tokensIn());
                return answer;
            } catch (RbeesException e) {
                switch (e.code()) {
                    case ALL_SLOTS_BUSY -> Thread.sleep(BUSY_PAUSE);
                    case DRAINING, WORKER_UNAVAILABLE -> lost.add(slot.worker().workerId());
                    default -> throw e;
                }
                if (lost.size() >= MOST_LOST) {
                    throw e;
                }
            } finally {
                slot.close();
            }
        }
    }

    private void check(String model) {
        Optional<RbeesException> closed = gate.refusal();
        if (closed.isPresent()) {
            throw closed.get();
        }
        if (models.find(model).orElseThrow(() -> models.unknown(model)).generates()) {
            throw RbeesException.invalid("model", "makes_embeddings",
                    "this model makes text; name one that makes embeddings");
        }
    }

    private List<WorkerView> workers(String model) {
        return fleet.views().stream().filter(worker -> worker.model().equals(model)
                && worker.capabilities().contains(Capabilities.EMBEDDING)
                && (worker.status() == WorkerStatus.READY || worker.status() == WorkerStatus.BUSY)).toList();
    }

    private EmbeddingAnswer ask(WorkerView worker, EmbeddingRequest request, String correlationId)
            throws InterruptedException {
        CompletableFuture<EmbeddingAnswer> answer = embedder.embed(worker.endpoint(), request, correlationId);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RbeesException known
                    ? known
                    : new RbeesException(ErrorCode.INTERNAL, "the embeddings could not be asked for", e.getCause());
        }
    }
}
