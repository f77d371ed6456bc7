package dev.rbees.orchestrator.dispatch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.home.ApiToken;
import dev.rbees.service.CorrelationFilter;
import dev.rbees.service.TimerWheels;
import dev.rbees.service.TraceContext;

/**
 * Speaks HTTP with workers. This is the one place where what workers say enters, and nothing of it is believed: every answer is
 * bounded in bytes and in time, no redirect is followed, and what breaks a rule ends the exchange.
 *
 * <p>
 * Safe for use by any thread; no method blocks. Requests are written, and whole answers are read, on Reactor's parallel scheduler, so
 * that no event loop is held up by a long one. Futures complete there too, never on an event loop or on the caller's thread: who
 * goes on with more than a little work hops to a thread of its own.
 */
public final class WorkerClient implements Dispatcher, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerClient.class);
    private static final int OK = 200;
    private static final int CONNECT_TIMEOUT_MS = 3_000;
    private static final int CONNECTIONS_PER_WORKER = 512;
    private static final int MAX_ERROR_BYTES = 64 * 1024;

    /** why: a worker says something at least every second, so one that says nothing for so long hangs. */
    private static final Duration STALL_LIMIT = Duration.ofSeconds(15);
    /** why: it says nothing before its answer is complete. */
    private static final Duration EMBEDDING_LIMIT = Duration.ofMinutes(5);
    /** why: 256 texts of 4 096 numbers each. */
    private static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;
    /** why: a worker that has gone without a word would keep its connections for ever. */
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration TOKENIZE_LIMIT = Duration.ofSeconds(3);

    private final Optional<ApiToken> token;
    private final HttpClient http;
    /** why: a pool for each event loop, so that a pooled connection lies on the loop that it is wanted for. */
    private final Map<Executor, HttpClient> near = new ConcurrentHashMap<>();
    private final Queue<ConnectionProvider> pools = new ConcurrentLinkedQueue<>();
    private final Duration idle;
    private final TimerWheels looks = new TimerWheels(LiveAttempt.LOOK);
    private final AtomicInteger live = new AtomicInteger();

    /** @param token that workers ask for, empty for none */
    public WorkerClient(Optional<ApiToken> token) {
        this(token, IDLE);
    }

    /** @param idle after which a connection that nobody uses is closed */
    WorkerClient(Optional<ApiToken> token, Duration idle) {
        this.token = token;
        this.idle = idle;
        this.http = pooled();
    }

    private HttpClient pooled() {
        ConnectionProvider pool = ConnectionProvider.builder("workers").maxConnections(CONNECTIONS_PER_WORKER)
                .pendingAcquireMaxCount(CONNECTIONS_PER_WORKER).maxIdleTime(idle).evictInBackground(idle)
                .disposeInactivePoolsInBackground(idle, idle).build();
        pools.add(pool);
        return HttpClient.create(pool).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.TCP_NODELAY, true).followRedirect(false).responseTimeout(STALL_LIMIT)
                .headers(headers -> {
                    headers.set("Content-Type", "application/json");
                    token.ifPresent(shown -> headers.set("Authorization", shown.header()));
                });
    }

    @Override
    public Runnable begin(AttemptOrder order, AttemptListener listener) {
        String worker = order.workerId();
        live.incrementAndGet();
        LiveAttempt attempt = new LiveAttempt(new AttemptStream(worker, order.limits(), listener, System::nanoTime),
                STALL_LIMIT, looks, live::decrementAndGet);
        Executor loop = order.loop();
        HttpClient client = loop == null ? http : near.computeIfAbsent(loop, _ -> pooled());
        Scheduler reading = loop == null ? Schedulers.parallel() : Schedulers.fromExecutor(loop);
        // why: what is subscribed to lives as long as the attempt, and is not to hold the prompt so long
        AtomicReference<@Nullable AttemptOrder> once = new AtomicReference<>(order);
        Disposable running = Mono.fromRunnable(() -> attempt.toSend(Objects.requireNonNull(once.get()).request().toJson()
                .getBytes(StandardCharsets.UTF_8)))
                .subscribeOn(Schedulers.parallel()).publishOn(reading)
                .thenMany(Flux.defer(() -> exchange(client, Objects.requireNonNull(once.getAndSet(null)), attempt)))
                .doFinally(_ -> attempt.over())
                .subscribe(_ -> {
                }, failure -> lost(worker, failure, attempt), attempt::closed);
        return () -> {
            attempt.leave();
            running.dispose();
        };
    }

    private Flux<byte[]> exchange(HttpClient client, AttemptOrder order, LiveAttempt attempt) {
        String worker = order.workerId();
        String correlationId = order.correlationId();
        String trace = TraceContext.of(order.trace()).next();
        String deadline = order.deadline() == null ? null : Json.format(order.deadline());
        return client.responseTimeout(null).doOnRequest((_, connection) -> attempt.connected(connection))
                .headers(headers -> describe(headers, correlationId, trace, deadline)).post()
                .uri(order.endpoint() + "/execute").send(Mono.fromSupplier(attempt::request))
                .response((response, content) -> read(worker, response, content, attempt));
    }

    private static void describe(HttpHeaders headers, String correlationId, String trace, @Nullable String deadline) {
        headers.set("Accept", "text/event-stream").set(CorrelationFilter.HEADER, correlationId)
                .set(TraceContext.HEADER, trace);
        if (deadline != null) {
            headers.set("X-Deadline", deadline);
        }
    }

    private static Flux<byte[]> read(String worker, HttpClientResponse response, ByteBufFlux content,
            LiveAttempt attempt) {
        attempt.answered();
        if (response.status().code() == OK) {
            return content.asByteArray().takeWhile(attempt::feed);
        }
        return BoundedBody.read(content, MAX_ERROR_BYTES).timeout(STALL_LIMIT)
                .doOnNext(body -> attempt.refused(WorkerErrors.ofBody(worker, body))).thenMany(Flux.empty());
    }

    private static void lost(String worker, Throwable failure, LiveAttempt attempt) {
        LOG.debug("the connection to worker {} failed: {}", worker, failure.toString());
        attempt.closed();
    }

    /** How many attempts hold a connection, or wait for one. */
    int live() {
        return live.get();
    }

    /**
     * Asks a worker how many tokens a prompt has; fails when the worker does not say it soon, or says what cannot be. Completes on
     * Reactor's parallel scheduler.
     */
    public CompletableFuture<Integer> countTokens(String endpoint, Prompt prompt) {
        long most = AttemptLimits.mostTokens(prompt);
        return ask(http, endpoint + "/tokenize", () -> Json.write(prompt.toFields()),
                (response, content) -> response.status().code() == OK
                        ? BoundedBody.read(content, TokenCount.mostBytes(most))
                        : Mono.error(new BrokenRule("no answer to a question for tokens")))
                .map(answer -> TokenCount.of(answer, most)).timeout(TOKENIZE_LIMIT).toFuture();
    }

    /**
     * Asks a worker for embeddings; fails with its code, or WORKER_UNAVAILABLE. One that is cancelled is left. The answer is bounded, but
     * its numbers are the worker's word. Completes on Reactor's parallel scheduler.
     */
    public CompletableFuture<EmbeddingAnswer> embed(String endpoint, EmbeddingRequest request, String correlationId) {
        HttpClient patient = http.responseTimeout(EMBEDDING_LIMIT)
                .headers(headers -> headers.set(CorrelationFilter.HEADER, correlationId));
        return ask(patient, endpoint + "/execute", request::toJson, WorkerClient::embeddings)
                .map(answer -> Json.mapper().readValue(answer, EmbeddingAnswer.class)).timeout(EMBEDDING_LIMIT)
                .onErrorMap(failure -> failure instanceof RbeesException
                        ? failure
                        : new RbeesException(ErrorCode.WORKER_UNAVAILABLE,
                                "the worker was lost before its answer, or did not answer as workers do", failure))
                .toFuture();
    }

    private static Mono<byte[]> embeddings(HttpClientResponse response, ByteBufFlux content) {
        if (response.status().code() == OK) {
            return BoundedBody.read(content, MAX_ANSWER_BYTES);
        }
        return BoundedBody.read(content, MAX_ERROR_BYTES).flatMap(body -> {
            AttemptEnd.Broken refusal = WorkerErrors.ofBody("that makes embeddings", body);
            return Mono.error(new RbeesException(refusal.code(), refusal.message()));
        });
    }

    private static Mono<byte[]> ask(HttpClient client, String uri, Supplier<String> body,
            BiFunction<HttpClientResponse, ByteBufFlux, Mono<byte[]>> read) {
        return Mono.defer(() -> {
            byte[] json = body.get().getBytes(StandardCharsets.UTF_8);
            return client.post().uri(uri).send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(json))).response(read)
                    .single();
        }).subscribeOn(Schedulers.parallel()).publishOn(Schedulers.parallel());
    }

    @Override
    public void close() {
        pools.forEach(ConnectionProvider::dispose);
    }
}
