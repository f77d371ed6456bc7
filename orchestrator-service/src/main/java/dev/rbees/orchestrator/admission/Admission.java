package dev.rbees.orchestrator.admission;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.queue.QueueRoom;
import dev.rbees.orchestrator.queue.Rates;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModel;
import dev.rbees.orchestrator.worker.KnownModels;

/**
 * Decides whether a task may enter: is the door open, is its model known, does it fit the context, can it meet its deadline, is
 * there room?
 */
public final class Admission {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    /** why: what templates put around a message, in tokens; only decides whether a worker is asked. */
    private static final int TEMPLATE_MARGIN = 64;

    private final Gate gate;
    private final TaskStore store;
    private final KnownModels models;
    private final Fleet fleet;
    private final TokenCounter counter;
    private final QueueRoom room;
    private final Rates rates;
    private final Eviction eviction;

    public Admission(Gate gate, TaskStore store, KnownModels models, Fleet fleet, TokenCounter counter, QueueRoom room,
            Rates rates, Eviction eviction) {
        this.gate = gate;
        this.store = store;
        this.models = models;
        this.fleet = fleet;
        this.counter = counter;
        this.room = room;
        this.rates = rates;
        this.eviction = eviction;
    }

    /** Where it answers {@link Outcome.Admitted}, it has taken a place in the queue, which the caller gives back. */
    public CompletableFuture<Outcome> decide(TaskSubmission submission) {
        Optional<RbeesException> closed = gate.refusal().or(store::trouble);
        if (closed.isPresent()) {
            return rejected(closed.get());
        }
        Optional<KnownModel> model = models.find(submission.model());
        if (model.isEmpty()) {
            return rejected(models.unknown(submission.model()));
        }
        if (!model.get().generates()) {
            return rejected(RbeesException.invalid("model", "generates_text",
                    "this model makes embeddings; ask it with POST /v1/embeddings"));
        }
        Optional<RbeesException> late = tooLate(submission);
        if (late.isPresent()) {
            return rejected(late.get());
        }
        return tooLong(submission, model.get()).thenCompose(refusal -> refusal.map(Admission::rejected)
                .orElseGet(() -> takePlace(submission.priority())));
    }

    private CompletableFuture<Outcome> takePlace(Priority priority) {
        if (room.tryTake()) {
            return CompletableFuture.completedFuture(new Outcome.Admitted());
        }
        return eviction.makeRoom(priority)
                .thenApply(made -> made && room.tryTake() ? new Outcome.Admitted() : new Outcome.Rejected(full()));
    }

    private RbeesException full() {
        return RbeesException.busy(ErrorCode.QUEUE_FULL, "%d tasks wait already, which is the limit"
                .formatted(room.capacity()) + "; try again after the time in Retry-After", rates.untilRoom());
    }

    /**
     * By what was measured of late: the wait for a slot, and the tokens where their number is certain. While nothing is known,
     * every deadline can be met.
     */
    private Optional<RbeesException> tooLate(TaskSubmission submission) {
        Duration deadline = submission.deadline();
        if (deadline == null) {
            return Optional.empty();
        }
        String model = submission.model();
        boolean waits = fleet.views().stream().noneMatch(worker -> worker.model().equals(model) && worker.slotsFree() > 0);
        Duration start = waits ? rates.untilStart(model, 1).orElse(Duration.ZERO) : Duration.ZERO;
        Integer tokens = submission.sampling().maxTokens();
        Duration answer = submission.sampling().ignoreEos() && tokens != null
                ? rates.decode(model, tokens).orElse(Duration.ZERO)
                : Duration.ZERO;
        Duration needed = start.plus(answer);
        return needed.compareTo(deadline) <= 0
                ? Optional.empty()
                : Optional.of(new RbeesException(ErrorCode.DEADLINE_EXCEEDED, "by what was measured of late the task needs "
                        + "about %d ms, more than its deadline of %d ms".formatted(needed.toMillis(), deadline.toMillis())
                        + "; give it more time, or lower max_tokens"));
    }

    private static CompletableFuture<Outcome> rejected(RbeesException why) {
        return CompletableFuture.completedFuture(new Outcome.Rejected(why));
    }

    /**
     * A token has at least one byte, so a short prompt fits for sure; for a longer one a worker is asked. Where none can be
     * asked, the one that gets the task decides.
     */
    private CompletableFuture<Optional<RbeesException>> tooLong(TaskSubmission submission, KnownModel model) {
        Prompt prompt = submission.prompt();
        Integer maxTokens = submission.sampling().maxTokens();
        long answer = maxTokens == null ? 1 : maxTokens;
        long atMost = prompt.bytes() + (long) TEMPLATE_MARGIN * prompt.texts().size();
        if (atMost + answer <= model.contextLength()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Optional<WorkerView> worker = fleet.views().stream().filter(view -> view.model().equals(model.id())
                && (view.status() == WorkerStatus.READY || view.status() == WorkerStatus.BUSY)).findFirst();
        if (worker.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return counter.countTokens(worker.get().endpoint(), prompt).handle((tokens, failure) -> {
            if (failure != null) {
                LOG.debug("worker {} did not count the tokens of a prompt", worker.get().workerId(), failure);
                return Optional.empty();
            }
            return refusal(tokens, maxTokens, model);
        });
    }

    private static Optional<RbeesException> refusal(int tokens, @Nullable Integer maxTokens,
            KnownModel model) {
        long wanted = (long) tokens + (maxTokens == null ? 1 : maxTokens);
        if (wanted <= model.contextLength()) {
            return Optional.empty();
        }
        return Optional.of(new RbeesException(ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                "the prompt has %d tokens%s, which does not fit into the model's context of %d; shorten it%s".formatted(
                        tokens,
                        maxTokens == null ? "" : " and max_tokens is " + maxTokens, model.contextLength(),
                        maxTokens == null ? "" : " or lower max_tokens")));
    }
}
