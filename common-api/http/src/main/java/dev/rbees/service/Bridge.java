package dev.rbees.service;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The one bridge from the program to the web. What threads of the program promise is handed over to the connection's own event loop,
 * once, so that no controller, no JSON and no client's callback runs on a thread that decides or writes; what blocks runs where it may.
 */
public final class Bridge {

    private Bridge() {}

    /**
     * The answer of another thread, given on the event loop of the request's connection; empty for null. A client that leaves does
     * not take back what was asked.
     *
     * @param asked asks; runs when the answer is wanted, and returns at once
     */
    public static <T> Mono<T> answer(ServerWebExchange exchange, Supplier<CompletableFuture<T>> asked) {
        Executor loop = ConnectionLoop.of(exchange.getResponse());
        return Mono.create(sink -> {
            var _ = asked.get().whenCompleteAsync((value, failure) -> {
                if (failure == null) {
                    sink.success(value);
                } else {
                    sink.error(cause(failure));
                }
            }, loop);
        });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** What is read by something that blocks, given on the thread that reads it, which is none of those that must not wait. */
    public static <T> Mono<T> blocking(Callable<T> read) {
        return Mono.fromCallable(read).subscribeOn(Schedulers.boundedElastic());
    }

    /** The same for something that has no result. */
    public static Mono<Void> blocking(Runnable work) {
        return Mono.<Void>fromRunnable(work).subscribeOn(Schedulers.boundedElastic());
    }
}
