package dev.rbees.orchestrator.admission;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModel;
import dev.rbees.orchestrator.worker.KnownModels;

/** Decides whether a task may enter: is the door open, is its model known, can it meet its deadline, does it fit the context? */
public final class Admission {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    /** why: what templates put around a message, in tokens; only decides whether a worker is asked. */
    private static final int TEMPLATE_MARGIN = 64;

    private final Gate gate;
    private final TaskStore store;
    private final KnownModels models;
    private final Fleet fleet;
    private final TokenCounter counter;
    private final ThroughputEstimator throughput;
    private final SteadyClock clock;

    public Admission(Gate gate, TaskStore store, KnownModels models, Fleet fleet, TokenCounter counter,
            ThroughputEstimator throughput, SteadyClock clock) {
        this.gate = gate;
        this.store = store;
        this.models = models;
        this.fleet = fleet;
        this.counter = counter;
        this.throughput = throughput;
        this.clock = clock;
    }

    /** Completes at once, or, where a worker counted the tokens of the prompt, on a thread of Reactor's parallel scheduler. */
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
        return late.isPresent() ? rejected(late.get()) : fits(submission, model.get());
    }

    private static CompletableFuture<Outcome> rejected(RbeesException why) {
        return CompletableFuture.completedFuture(new Outcome.Rejected(why));
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
        Duration start = waits ? throughput.untilStart(model, 1, clock.steady()).orElse(Duration.ZERO) : Duration.ZERO;
        Integer tokens = submission.sampling().maxTokens();
        Duration answer = submission.sampling().ignoreEos() && tokens != null
                ? throughput.decode(model, tokens).orElse(Duration.ZERO)
                : Duration.ZERO;
        Duration needed = start.plus(answer);
        return needed.compareTo(deadline) <= 0
                ? Optional.empty()
                : Optional.of(new RbeesException(ErrorCode.DEADLINE_EXCEEDED, "by what was measured of late the task needs "
                        + "about %d ms, more than its deadline of %d ms".formatted(needed.toMillis(), deadline.toMillis())
                        + "; give it more time, or lower max_tokens"));
    }

    /**
     * A token has at least one byte, so a short prompt fits every worker for sure; for a longer one a worker is asked. Where none can
     * say it, the task goes to a worker where it fits for sure, or else to one of the longest, which decides.
     */
    private CompletableFuture<Outcome> fits(TaskSubmission submission, KnownModel model) {
        Prompt prompt = submission.prompt();
        Integer maxTokens = submission.sampling().maxTokens();
        long answer = maxTokens == null ? 1 : maxTokens;
        long atMost = prompt.bytes() + (long) TEMPLATE_MARGIN * prompt.texts().size();
        List<WorkerView> there = fleet.views().stream().filter(view -> view.model().equals(model.id())
                && (view.status() == WorkerStatus.READY || view.status() == WorkerStatus.BUSY)).toList();
        int shortest = there.stream().mapToInt(WorkerView::contextLength).min().orElse(model.contextLength());
        if (there.isEmpty() || atMost + answer <= shortest) {
            return CompletableFuture.completedFuture(new Outcome.Admitted(null));
        }
        int longest = there.stream().mapToInt(WorkerView::contextLength).max().orElse(model.contextLength());
        return counter.countTokens(there.getFirst().endpoint(), prompt).handle((tokens, failure) -> {
            if (failure != null) {
                LOG.debug("worker {} did not count the tokens of a prompt", there.getFirst().workerId(), failure);
                return new Outcome.Admitted((int) Math.min(atMost + answer, longest));
            }
            return fits(tokens, maxTokens, longest);
        });
    }

    private static Outcome fits(int tokens, @Nullable Integer maxTokens, int longest) {
        long needed = (long) tokens + (maxTokens == null ? 1 : maxTokens);
        if (needed <= longest) {
            return new Outcome.Admitted((int) needed);
        }
        return new Outcome.Rejected(new RbeesException(ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                "the prompt has %d tokens%s, which does not fit into the model's context of %d; shorten it%s".formatted(
                        tokens,
                        maxTokens == null ? "" : " and max_tokens is " + maxTokens, longest,
                        maxTokens == null ? "" : " or lower max_tokens")));
    }
}
