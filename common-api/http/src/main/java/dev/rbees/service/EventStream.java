package dev.rbees.service;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How an answer is sent while it is made: piece by piece, each as soon as it is there.
 *
 * <p>
 * why: nothing here goes through {@code writeAndFlushWith}, nor through a controller's return value of type {@code Flux}, which
 * goes there. Reactor Netty 1.3.8 writes such an answer as {@code concatMap(piece -> piece.concatWith(BOUNDARY))}. When the
 * maker's thread begins a piece while the event loop asks for more, both call {@code request} of that piece, and
 * {@code FluxConcatArray} of Reactor 3.8.8 can lose one of the two requests: it reads the counter and the source, the other thread
 * runs from the piece to the boundary and leaves the counter as it was, and the exchange of the counter succeeds with a source
 * that is done. The boundary is never asked for, and the stream stands still for ever. {@code writeWith} has no such operator.
 */
public final class EventStream {

    private EventStream() {}

    /**
     * Sends server-sent events.
     *
     * @param frames whole frames, one or several to a buffer; best from a {@link LoopStream}
     */
    public static Mono<Void> write(ServerHttpResponse response, Publisher<DataBuffer> frames) {
        response.getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
        response.getHeaders().setCacheControl(CacheControl.noStore());
        response.getHeaders().set("X-Accel-Buffering", "no");
        return pass(response, frames);
    }

    /**
     * Sends what comes from elsewhere, under headers that are set already. A failure before the first piece is told to the client as
     * any other; a later one cuts the connection.
     */
    public static Mono<Void> pass(ServerHttpResponse response, Publisher<DataBuffer> pieces) {
        return response.writeWith(Flux.from(pieces).doOnError(_ -> cut(response)));
    }

    /** why: Reactor Netty would wait until all is written that was given before, and a client that reads nothing would stay. */
    private static void cut(ServerHttpResponse response) {
        if (response.isCommitted()) {
            ConnectionLoop.cut(response);
        }
    }
}
