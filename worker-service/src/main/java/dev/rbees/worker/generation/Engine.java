package dev.rbees.worker.generation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.Seed;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;
import dev.rbees.worker.onnx.Decoder;
import dev.rbees.worker.sampling.Sampler;

/** A loaded model that answers requests, several at a time. */
public final class Engine implements Workload {

    /** why: a tokenizer may make many tokens of a character, and an answer with all of them must have an end. */
    static final int MAX_PROMPT_TOKENS = Prompt.MAX_BYTES;

    private final Decoder session;
    private final LoadedModel model;
    private final long weightsBytes;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final GenerationMetrics metrics;
    private final SlotLedger slots;
    private final AnswerForms forms;
    private final RoundWatch rounds;
    private final BatchLoop loop;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Map<String, Generation> byJob = new ConcurrentHashMap<>();

    /**
     * @param slots requests at a time; the session has so many
     * @param weightsBytes memory that the weights take
     * @param random draws the seeds of requests that bring none
     * @param liveness hears when the thread that generates, or the one that reads prompts, cannot go on
     */
    public Engine(Decoder session, LoadedModel model, int slots, long weightsBytes, InstantSource clock,
            RandomGenerator random, GenerationMetrics metrics, Liveness liveness) {
        this(session, model, slots, weightsBytes, clock, random, metrics, liveness, new RoundWatch(System::nanoTime));
    }

    /** @param rounds notices when the batch loop stands still */
    Engine(Decoder session, LoadedModel model, int slots, long weightsBytes, InstantSource clock,
            RandomGenerator random, GenerationMetrics metrics, Liveness liveness, RoundWatch rounds) {
        this.session = session;
        this.model = model;
        this.weightsBytes = weightsBytes;
        this.clock = clock;
        this.random = random;
        this.metrics = metrics;
        this.slots = new SlotLedger(slots);
        this.forms = new AnswerForms(model);
        this.rounds = rounds;
        this.loop = new BatchLoop(session, model, clock, this.slots::held, this::ended, rounds, liveness);
        new OwnerThread("batch-loop", liveness, loop::run).start();
    }

    /**
     * Begins to answer. Events go to the sink from now on, the last one being {@code end} or {@code error}.
     *
     * @param deadline when it must be complete, null for never
     * @return the way to cancel it
     * @throws RbeesException ALL_SLOTS_BUSY, CONFLICT when the job is running already, CONTEXT_LENGTH_EXCEEDED,
     *         DEADLINE_EXCEEDED, or INVALID_REQUEST when the model cannot take the prompt
     */
    public Runnable start(GenerationRequest request, @Nullable Instant deadline, EventSink sink) {
        if (deadline != null && !clock.instant().isBefore(deadline)) {
            throw new RbeesException(ErrorCode.DEADLINE_EXCEEDED, "the deadline passed before the request began");
        }
        if (slots.free() == 0) {
            throw allBusy();
        }
        int[] prompt = encode(request.prompt());
        int limit = answerLimit(prompt.length, request.sampling().maxTokens());
        checkResumed(request.resumed(), limit);
        checkBiases(request.sampling().logitBias().keySet());
        SlotLedger.Place place = slots.take(prompt, request.cacheScope()).orElseThrow(this::allBusy);
        try {
            Generation generation = prepare(request, prompt, limit, place, deadline, sink);
            begin(generation);
            metrics.promptTokens(prompt.length);
            return () -> loop.cancel(generation);
        } catch (RuntimeException e) {
            slots.release(place.slot(), prompt, place.reused(), request.cacheScope());
            throw e;
        }
    }

    private void begin(Generation generation) {
        if (byJob.putIfAbsent(generation.jobId, generation) != null) {
            throw new RbeesException(ErrorCode.CONFLICT, "a job with this job_id is running on this worker");
        }
        try {
            generation.answer.start(model.id(), clock, generation.sampler.seed());
            loop.join(generation);
        } catch (RuntimeException e) {
            byJob.remove(generation.jobId, generation);
            throw e;
        }
    }

    private RbeesException allBusy() {
        return RbeesException.busy(ErrorCode.ALL_SLOTS_BUSY, "all " + slots.total() + " slots of this worker are in use",
                Duration.ofSeconds(1));
    }

    private void checkResumed(List<Integer> tokens, int limit) {
        if (tokens.size() > limit) {
            throw RbeesException.invalid("resume.token_ids", "max_count(" + limit + ")",
                    "resume.token_ids must have at most as many tokens as the answer may have, " + limit);
        }
        for (int token : tokens) {
            if (token >= model.tokenizer().vocabularySize()) {
                throw RbeesException.invalid("resume.token_ids", "token_id",
                        "resume.token_ids has the token " + token + ", which is not in the model's vocabulary");
            }
        }
    }

    private void checkBiases(Set<Integer> tokens) {
        for (int token : tokens) {
            if (token >= model.tokenizer().vocabularySize()) {
                throw RbeesException.invalid("logit_bias", "token_id",
                        "logit_bias has the token " + token + ", which is not in the model's vocabulary");
            }
        }
    }

    private Generation prepare(GenerationRequest request, int[] prompt, int limit, SlotLedger.Place place,
            @Nullable Instant deadline, EventSink sink) {
        SamplingParameters sampling = request.sampling().withSeed(Seed.random(random));
        Sampler sampler = new Sampler(sampling, session.vocabulary());
        sampler.seePrompt(prompt);
        Answer answer = new Answer(request.jobId(), model.tokenizer(), new StopMatcher(sampling.stop()), sink,
                memoryBytes());
        LogprobsReport logprobs = sampling.logprobs() == null
                ? null
                : new LogprobsReport(model.tokenizer(), session.vocabulary(), sampling.logprobs());
        int[] resumed = request.resumed().stream().mapToInt(Integer::intValue).toArray();
        return new Generation(loop.ownership(), request.jobId(), request.cacheScope(), place, prompt, resumed, limit,
                sampling.ignoreEos(), sampler, logprobs,
                forms.constraint(sampling.format(), resumed), answer, deadline);
    }

    /**
     * The tokens of a prompt.
     *
     * @throws RbeesException INVALID_REQUEST when there is none, or the model cannot take the conversation;
     *         CONTEXT_LENGTH_EXCEEDED when there are more than {@value #MAX_PROMPT_TOKENS}
     */
    public int[] encode(Prompt prompt) {
        int[] tokens = model.encode(prompt);
        if (tokens.length == 0) {
            throw RbeesException.invalid("prompt", "non_empty", "the prompt has no tokens");
        }
        if (tokens.length > MAX_PROMPT_TOKENS) {
            throw new RbeesException(ErrorCode.CONTEXT_LENGTH_EXCEEDED, "the prompt has " + tokens.length
                    + " tokens, more than any model takes; shorten the prompt",
                    Map.of("prompt_tokens", tokens.length, "context_length", session.positions()));
        }
        return tokens;
    }

    private int answerLimit(int promptTokens, @Nullable Integer maxTokens) {
        int context = session.positions();
        int room = context - promptTokens;
        if (room < 1 || (maxTokens != null && maxTokens > room)) {
            String advice = room < 1
                    ? "shorten the prompt"
                    : "shorten the prompt or lower max_tokens to at most " + room;
            throw new RbeesException(ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "the prompt has " + promptTokens + " tokens"
                            + (maxTokens == null ? "" : " and max_tokens is " + maxTokens)
                            + ", but the model's context holds " + context + "; " + advice,
                    Map.of("prompt_tokens", promptTokens, "context_length", context));
        }
        return maxTokens != null ? maxTokens : Math.min(SamplingParameters.DEFAULT_MAX_TOKENS, room);
    }

    private void ended(Generation generation, Outcome outcome) {
        byJob.remove(generation.jobId, generation);
        slots.release(generation.slot, generation.prompt, generation.prefilled(), generation.cacheScope);
        metrics.ended(outcome, generation.answer);
    }

    @Override
    public void cancel(String jobId) {
        Generation generation = byJob.get(jobId);
        if (generation != null) {
            loop.cancel(generation);
        }
    }

    @Override
    public int slotsTotal() {
        return slots.total();
    }

    @Override
    public int slotsFree() {
        return slots.free();
    }

    @Override
    public int contextLength() {
        return session.positions();
    }

    @Override
    public int vocabularySize() {
        return model.tokenizer().vocabularySize();
    }

    @Override
    public String tokenizerKind() {
        return model.tokenizer().kind();
    }

    /** Bytes of weights and KV cache, the cache as if it were full. */
    @Override
    public long memoryBytes() {
        return weightsBytes + session.cacheBytes();
    }

    @Override
    public Optional<String> residencyProblem() {
        return session.residencyProblem();
    }

    @Override
    public Optional<String> standstill() {
        return rounds.problem();
    }

    @Override
    public boolean awaitIdle(Duration limit) throws InterruptedException {
        return slots.awaitAllFree(limit.toMillis());
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        loop.stop();
        session.close();
    }
}
