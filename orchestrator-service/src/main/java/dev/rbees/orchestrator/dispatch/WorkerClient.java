package dev.rbees.orchestrator.dispatch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.home.ApiToken;
import dev.rbees.service.CorrelationFilter;
import dev.rbees.service.TraceContext;

/** Speaks HTTP with workers. This is the one place where the streams of workers enter. */
public final class WorkerClient implements Dispatcher, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerClient.class);
    private static final int CONNECT_TIMEOUT_MS = 3_000;
    private static final int CONNECTIONS_PER_WORKER = 512;
    private static final int MAX_ERROR_BYTES = 64 * 1024;

    /** why: a worker says something at least every second, so one that says nothing for so long hangs. */
    private static final Duration STALL_LIMIT = Duration.ofSeconds(15);
    /** why: it says nothing before its answer is complete. */
    private static final Duration EMBEDDING_LIMIT = Duration.ofMinutes(5);
    /** why: 256 texts of 4 096 numbers each. */
    private static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;
    private static final Duration TOKENIZE_LIMIT = Duration.ofSeconds(3);

    private final ConnectionProvider connections;
    private final HttpClient http;

    /** @param token that workers ask for, empty for none */
    public WorkerClient(Optional<ApiToken> token) {
        this.connections = ConnectionProvider.builder("workers").maxConnections(CONNECTIONS_PER_WORKER)
                .pendingAcquireMaxCount(CONNECTIONS_PER_WORKER).maxIdleTime(Duration.ofSeconds(30)).build();
        this.http = HttpClient.create(connections).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.TCP_NODELAY, true).responseTimeout(STALL_LIMIT)
                .headers(headers -> token.ifPresent(shown -> headers.set("Authorization", shown.header())));
    }

    @Override
    public Runnable begin(AttemptOrder order, AttemptListener listener) {
        AttemptStream stream = new AttemptStream(order.workerId(), listener);
        Disposable running = http.responseTimeout(null).doOnRequest((_, connection) -> listen(connection, stream))
                .headers(headers -> describe(order, headers)).post().uri(order.endpoint() + "/execute")
                .send(body(order.request().toJson()))
                .response((response, content) -> read(response, content, stream))
                .subscribe(stream::feed, failure -> lost(order, failure, stream), stream::closed);
        return running::dispose;
    }

    /**
     * Counts how often it has looked and heard nothing since.
     *
     * <p>
     * why: not the time that has passed, because this program may have been stopped meanwhile, and then what the worker said
     * lies there unread.
     */
    private static void listen(Connection connection, AttemptStream stream) {
        Future<?> looks = connection.channel().eventLoop().scheduleWithFixedDelay(() -> {
            if (stream.silentLooks() > STALL_LIMIT.toSeconds()) {
                connection.dispose();
            }
        }, 1, 1, TimeUnit.SECONDS);
        connection.onDispose(() -> looks.cancel(false));
    }

    private static void describe(AttemptOrder order, HttpHeaders headers) {
        headers.set("Content-Type", "application/json").set("Accept", "text/event-stream")
                .set(CorrelationFilter.HEADER, order.correlationId())
                .set(TraceContext.HEADER, TraceContext.of(order.trace()).next());
        if (order.deadline() != null) {
            headers.set("X-Deadline", Json.format(order.deadline()));
        }
    }

    private static Flux<byte[]> read(HttpClientResponse response, ByteBufFlux content, AttemptStream stream) {
        if (response.status().code() == 200) {
            return content.asByteArray();
        }
        return Flux.from(bounded(content).doOnNext(text -> refused(text, stream))).thenMany(Flux.empty());
    }

    private static Mono<String> bounded(ByteBufFlux content) {
        return bounded(content, MAX_ERROR_BYTES).map(all -> all.toString(StandardCharsets.UTF_8));
    }

    private static Mono<ByteArrayOutputStream> bounded(ByteBufFlux content, int most) {
        return content.asByteArray().reduceWith(ByteArrayOutputStream::new, (all, bytes) -> {
            all.write(bytes, 0, Math.min(bytes.length, most - all.size()));
            return all;
        });
    }

    private static void refused(String body, AttemptStream stream) {
        JsonNode error = errorOf(body);
        String code = error.path("code").asString("");
        if (code.isEmpty()) {
            stream.broken(ErrorCode.WORKER_UNAVAILABLE, "the worker refused the task in a way that is not understood");
        } else {
            stream.broken(Ids.errorCode(code), error.path("message").asString("the worker refused the task"));
        }
    }

    private static JsonNode errorOf(String body) {
        try {
            return Json.readTree(body.getBytes(StandardCharsets.UTF_8)).path("error");
        } catch (RbeesException e) {
            return Json.mapper().missingNode();
        }
    }

    private static void lost(AttemptOrder order, Throwable failure, AttemptStream stream) {
        LOG.debug("the connection to worker {} failed: {}", order.workerId(), failure.toString());
        stream.closed();
    }

    /** Asks a worker how many tokens a prompt has; fails when the worker does not say it soon. */
    public CompletableFuture<Integer> countTokens(String endpoint, Prompt prompt) {
        return http.headers(headers -> headers.set("Content-Type", "application/json")).post().uri(endpoint + "/tokenize")
                .send(body(Json.write(prompt.toFields()))).responseSingle((response, content) -> content.asString())
                .map(text -> Json.readTree(text.getBytes(StandardCharsets.UTF_8)).required("tokens").size())
                .timeout(TOKENIZE_LIMIT).toFuture();
    }

    /** Asks a worker for embeddings; fails with its code, or WORKER_UNAVAILABLE. One that is cancelled is left. */
    public CompletableFuture<EmbeddingAnswer> embed(String endpoint, EmbeddingRequest request, String correlationId) {
        return http.responseTimeout(EMBEDDING_LIMIT)
                .headers(headers -> headers.set("Content-Type", "application/json")
                        .set(CorrelationFilter.HEADER, correlationId))
                .post().uri(endpoint + "/execute").send(body(request.toJson()))
                .response((response, content) -> bounded(content, MAX_ANSWER_BYTES)
                        .map(all -> answer(response.status().code(), all)))
                .single()
                .onErrorMap(failure -> failure instanceof RbeesException
                        ? failure
                        : new RbeesException(ErrorCode.WORKER_UNAVAILABLE, "the worker was lost before its answer", failure))
                .toFuture();
    }

    private static EmbeddingAnswer answer(int status, ByteArrayOutputStream body) {
        String text = body.toString(StandardCharsets.UTF_8);
        if (status == 200) {
            return Json.read(text, EmbeddingAnswer.class);
        }
        JsonNode error = errorOf(text);
        throw new RbeesException(Ids.errorCode(error.path("code").asString("WORKER_UNAVAILABLE")),
                error.path("message").asString("the worker refused the request"));
    }

    private static Mono<ByteBuf> body(String json) {
        return Mono.fromSupplier(() -> Unpooled.wrappedBuffer(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
