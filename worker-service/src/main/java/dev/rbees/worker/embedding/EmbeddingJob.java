package dev.rbees.worker.embedding;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.generation.Outcome;

/** One request in its slot. It is run once; any thread may cancel it. */
public final class EmbeddingJob {

    private final Embedder embedder;
    private final EmbeddingRequest request;
    private final @Nullable Instant deadline;
    private final InstantSource clock;
    private final GenerationMetrics metrics;
    private volatile boolean cancelled;

    EmbeddingJob(Embedder embedder, EmbeddingRequest request, @Nullable Instant deadline, InstantSource clock,
            GenerationMetrics metrics) {
        this.embedder = embedder;
        this.request = request;
        this.deadline = deadline;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Ends it before its next text. */
    public void cancel() {
        cancelled = true;
    }

    /**
     * Makes the embeddings, on this thread, and gives the slot back.
     *
     * @throws RbeesException CONTEXT_LENGTH_EXCEEDED, INVALID_REQUEST, CANCELLED, DEADLINE_EXCEEDED, INFERENCE_FAILED
     */
    public EmbeddingAnswer run() {
        long began = System.nanoTime();
        Outcome outcome = Outcome.ERROR;
        try {
            EmbeddingAnswer answer = embedAll(embedder.encode(request));
            outcome = Outcome.SUCCESS;
            return answer;
        } catch (RbeesException e) {
            outcome = Outcome.of(e.code());
            throw e;
        } finally {
            metrics.ended(outcome, 0, (System.nanoTime() - began) / 1_000_000);
            embedder.ended(request.jobId());
        }
    }

    private EmbeddingAnswer embedAll(List<int[]> texts) {
        int tokens = texts.stream().mapToInt(text -> text.length).sum();
        metrics.promptTokens(tokens);
        List<float[]> embeddings = new ArrayList<>(texts.size());
        for (int[] text : texts) {
            if (cancelled) {
                throw new RbeesException(ErrorCode.CANCELLED, "the request was cancelled");
            }
            if (deadline != null && clock.instant().isAfter(deadline)) {
                throw new RbeesException(ErrorCode.DEADLINE_EXCEEDED,
                        "the deadline passed before all embeddings were made");
            }
            embeddings.add(embedder.embed(text));
        }
        return new EmbeddingAnswer(request.jobId(), embedder.modelId(), embeddings, embeddings.getFirst().length, tokens);
    }
}
