package dev.rbees.worker.embedding;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.generation.Workload;
import dev.rbees.worker.onnx.EmbeddingModel;
import dev.rbees.worker.onnx.EmbeddingSession;
import dev.rbees.worker.tokenizer.Tokenizer;

/** A loaded model that makes embeddings of texts, for several requests at a time. */
public final class Embedder implements Workload {

    /** Tokens of all texts of a request. */
    static final int MAX_TOKENS = 1 << 17;

    private final String modelId;
    private final EmbeddingModel model;
    private final EmbeddingSession session;
    private final Tokenizer tokenizer;
    private final int slots;
    private final InstantSource clock;
    private final GenerationMetrics metrics;
    private final Semaphore free;
    private final Map<String, EmbeddingJob> byJob = new ConcurrentHashMap<>();

    /**
     * @param modelId what requests call the model
     * @param slots requests at a time
     */
    public Embedder(String modelId, EmbeddingModel model, EmbeddingSession session, Tokenizer tokenizer, int slots,
            InstantSource clock, GenerationMetrics metrics) {
        this.modelId = modelId;
        this.model = model;
        this.session = session;
        this.tokenizer = tokenizer;
        this.slots = slots;
        this.clock = clock;
        this.metrics = metrics;
        this.free = new Semaphore(slots);
    }

    /**
     * Takes a slot. The job must be run, which gives the slot back.
     *
     * @param deadline when it must be complete, null for never
     * @throws RbeesException ALL_SLOTS_BUSY, DEADLINE_EXCEEDED, or CONFLICT when the job is running already
     */
    public EmbeddingJob start(EmbeddingRequest request, @Nullable Instant deadline) {
        if (deadline != null && !clock.instant().isBefore(deadline)) {
            throw new RbeesException(ErrorCode.DEADLINE_EXCEEDED, "the deadline passed before the request began");
        }
        if (!free.tryAcquire()) {
            throw RbeesException.busy(ErrorCode.ALL_SLOTS_BUSY, "all " + slots + " slots of this worker are in use",
                    Duration.ofSeconds(1));
        }
        EmbeddingJob job = new EmbeddingJob(this, request, deadline, clock, metrics);
        if (byJob.putIfAbsent(request.jobId(), job) != null) {
            free.release();
            throw new RbeesException(ErrorCode.CONFLICT, "a job with this job_id is running on this worker");
        }
        return job;
    }

    void ended(String jobId) {
        byJob.remove(jobId);
        free.release();
    }

    String modelId() {
        return modelId;
    }

    float[] embed(int[] tokens) {
        return session.embed(tokens);
    }

    /**
     * The tokens of a request's texts, those included that the model adds.
     *
     * @throws RbeesException CONTEXT_LENGTH_EXCEEDED when one is too long, and not to be cut; INVALID_REQUEST when all
     *         together are
     */
    List<int[]> encode(EmbeddingRequest request) {
        List<int[]> all = new ArrayList<>(request.input().size());
        long total = 0;
        for (int i = 0; i < request.input().size(); i++) {
            int[] tokens = encode(request.input().get(i));
            if (tokens.length > model.maxTokens()) {
                tokens = cut(tokens, request.truncate(), i);
            }
            all.add(tokens);
            total += tokens.length;
        }
        if (total > MAX_TOKENS) {
            throw RbeesException.invalid("input", "max_tokens(" + MAX_TOKENS + ")",
                    "the texts of input must have at most %d tokens together (got %d)".formatted(MAX_TOKENS, total));
        }
        return all;
    }

    /**
     * The tokens of one text, those included that the model adds.
     *
     * @throws RbeesException INVALID_REQUEST when there is none, or too many for any model
     */
    public int[] encode(String text) {
        int[] tokens = tokenizer.encode(text, false);
        if (tokens.length == 0) {
            throw RbeesException.invalid("input", "non_empty", "a text of input has no tokens");
        }
        if (tokens.length > Prompt.MAX_BYTES) {
            throw RbeesException.invalid("input", "max_tokens(" + Prompt.MAX_BYTES + ")",
                    "a text of input has %d tokens, more than any model takes".formatted(tokens.length));
        }
        return tokens;
    }

    /** The beginning of a text, with the token that ends every text, if there is such. */
    private int[] cut(int[] tokens, boolean allowed, int index) {
        int most = model.maxTokens();
        if (!allowed) {
            throw new RbeesException(ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "input[" + index + "] has " + tokens.length + " tokens, but the model takes " + most
                            + "; shorten it, split it, or send truncate: true",
                    Map.of("prompt_tokens", tokens.length, "context_length", most, "index", index));
        }
        int last = tokens[tokens.length - 1];
        int[] shorter = Arrays.copyOf(tokens, most);
        if (tokenizer.bytes(last).length == 0) {
            shorter[most - 1] = last;
        }
        return shorter;
    }

    @Override
    public void cancel(String jobId) {
        EmbeddingJob job = byJob.get(jobId);
        if (job != null) {
            job.cancel();
        }
    }

    @Override
    public int slotsTotal() {
        return slots;
    }

    @Override
    public int slotsFree() {
        return free.availablePermits();
    }

    @Override
    public int contextLength() {
        return model.maxTokens();
    }

    @Override
    public int vocabularySize() {
        return tokenizer.vocabularySize();
    }

    @Override
    public String tokenizerKind() {
        return tokenizer.kind();
    }

    @Override
    public long memoryBytes() {
        return model.bytes();
    }

    @Override
    public boolean awaitIdle(Duration limit) throws InterruptedException {
        boolean idle = free.tryAcquire(slots, limit.toMillis(), TimeUnit.MILLISECONDS);
        if (idle) {
            free.release(slots);
        }
        return idle;
    }

    /** Lets what runs end at its next text, and frees the model. */
    @Override
    public void close() {
        byJob.values().forEach(EmbeddingJob::cancel);
        free.acquireUninterruptibly(slots);
        session.close();
    }
}
