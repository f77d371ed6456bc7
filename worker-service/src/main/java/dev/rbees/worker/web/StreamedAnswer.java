package dev.rbees.worker.web;

import java.time.Duration;

import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.rbees.service.ConnectionLoop;
import dev.rbees.service.EventStream;
import dev.rbees.worker.generation.EventSink;

/** An answer that is sent while it is made. */
final class StreamedAnswer {

    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);

    private StreamedAnswer() {}

    /** Begins what makes an answer. */
    @FunctionalInterface
    interface Start {
        /**
         * @param sink takes its events from now on
         * @return the way to cancel it
         */
        Runnable begin(EventSink sink);
    }

    /** What has begun, and the way to cancel it. */
    private record Opened(AnswerStream stream, Runnable cancel) {}

    /**
     * Begins an answer, away from the event loop because tokenising a long prompt takes a while, and sends it. It is cancelled when
     * its client leaves, whenever that is.
     *
     * <p>
     * why: the answer is written here, because then the client's leaving is heard from the first moment to the last; the framework
     * would not hear it between the end of a controller's method and the beginning of the writing.
     */
    static Mono<Void> write(ServerHttpResponse response, Start start) {
        return Mono.using(() -> {
            AnswerStream stream = new AnswerStream(ConnectionLoop.of(response), SIGN_OF_LIFE.toMillis());
            return new Opened(stream, start.begin(stream));
        }, opened -> EventStream.write(response, opened.stream().frames()), opened -> opened.cancel().run())
                .subscribeOn(Schedulers.boundedElastic());
    }
}
