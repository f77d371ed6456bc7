package dev.rbees.orchestrator.web;

import java.util.concurrent.Callable;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The bridge from reading the record, which blocks, to the event loop, which must not. */
final class Blocking {

    private Blocking() {}

    static <T> Mono<T> call(Callable<T> read) {
        return Mono.fromCallable(read).subscribeOn(Schedulers.boundedElastic());
    }

    static Mono<Void> run(Runnable read) {
        return Mono.<Void>fromRunnable(read).subscribeOn(Schedulers.boundedElastic());
    }
}
