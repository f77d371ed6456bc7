package dev.rbees.service;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.http.codec.HttpMessageReader;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/**
 * The one place where bodies of requests are received and read. They are gathered on the connection's event loop within a
 * {@link BodyBudget}, and given on a thread of its own few: a controller that takes a body runs there, so that no reading of
 * JSON holds an event loop up. When more requests than {@link #MOST_WAITING} wait for a thread, the next is refused.
 */
final class RequestBodies implements HttpMessageReader<Object>, AutoCloseable {

    private static final int MOST_WAITING = 4_096;
    private static final int LEAST_THREADS = 4;

    private final BodyBudget budget;
    private final ExecutorService threads;
    private final Scheduler scheduler;

    RequestBodies(BodyBudget budget) {
        this.budget = budget;
        int count = Math.max(LEAST_THREADS, Runtime.getRuntime().availableProcessors());
        this.threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform().name("request-", 1).daemon().factory());
        this.scheduler = Schedulers.fromExecutorService(threads, "request");
    }

    @Override
    public List<MediaType> getReadableMediaTypes() {
        return List.of(MediaType.ALL);
    }

    @Override
    public boolean canRead(ResolvableType type, @Nullable MediaType media) {
        // why: Spring asks about Object, and asks one that says yes to that only after its own
        return type.toClass() != Object.class;
    }

    @Override
    public Mono<Object> readMono(ResolvableType type, ReactiveHttpInputMessage message, Map<String, Object> hints) {
        if (message.getHeaders().getContentLength() > Json.MAX_BODY_BYTES) {
            return Mono.error(new RbeesException(ErrorCode.PAYLOAD_TOO_LARGE,
                    "the body is larger than " + Json.MAX_BODY_BYTES + " bytes"));
        }
        return Mono.using(() -> new GatheredBody(budget), body -> gathered(body, message).map(bytes -> read(bytes, type)),
                GatheredBody::release, false);
    }

    private Mono<byte[]> gathered(GatheredBody body, ReactiveHttpInputMessage message) {
        return message.getBody().map(piece -> {
            body.add(piece);
            return piece;
        }).then(Mono.fromCallable(body::bytes)).filter(bytes -> bytes.length > 0).publishOn(scheduler);
    }

    private static Object read(byte[] bytes, ResolvableType type) {
        return type.toClass() == byte[].class ? bytes : Json.read(bytes, type.toClass());
    }

    @Override
    public Flux<Object> read(ResolvableType type, ReactiveHttpInputMessage message, Map<String, Object> hints) {
        return readMono(type, message, hints).flux();
    }

    @Override
    public void close() {
        scheduler.dispose();
        threads.shutdownNow();
    }
}
