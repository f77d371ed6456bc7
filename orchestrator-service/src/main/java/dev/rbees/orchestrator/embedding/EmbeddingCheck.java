package dev.rbees.orchestrator.embedding;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.api.worker.WorkerView;

/** Holds a worker's embeddings against the request: nothing of an answer is believed that can be seen to be wrong. */
final class EmbeddingCheck {

    /** why: what a model adds to each text, its beginning and its end. */
    private static final int MARGIN_PER_TEXT = 64;

    private EmbeddingCheck() {}

    /**
     * The answer, with no more tokens than the texts can have.
     *
     * @throws RbeesException WORKER_UNAVAILABLE when it is no answer to the request
     */
    static EmbeddingAnswer checked(EmbeddingAnswer answer, EmbeddingRequest request, WorkerView worker) {
        boolean fits = request.jobId().equals(answer.jobId()) && answer.embeddings().size() == request.input().size()
                && answer.dimensions() > 0 && answer.tokensIn() >= 0
                && answer.embeddings().stream().allMatch(one -> one.length == answer.dimensions() && finite(one));
        if (!fits) {
            throw new RbeesException(ErrorCode.WORKER_UNAVAILABLE,
                    "worker " + worker.workerId() + " sent what is no answer to the request");
        }
        return new EmbeddingAnswer(answer.jobId(), worker.model(), answer.embeddings(), answer.dimensions(),
                Math.min(answer.tokensIn(), mostTokens(request, worker)));
    }

    /** why: tenants pay with tokens, and no token stands for less than a byte. */
    private static long mostTokens(EmbeddingRequest request, WorkerView worker) {
        return request.input().stream()
                .mapToLong(text -> Math.min(worker.contextLength(), 4L * text.length() + MARGIN_PER_TEXT)).sum();
    }

    private static boolean finite(float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }
}
