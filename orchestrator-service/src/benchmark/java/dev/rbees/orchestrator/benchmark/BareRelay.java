package dev.rbees.orchestrator.benchmark;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

/**
 * A relay of the same framework that does nothing but hand bytes on, as each comes: what there is to compare with. Arguments:
 * its port, and the port that it relays to.
 */
public final class BareRelay {

    private static final int CONNECTIONS = 10_000;

    private BareRelay() {}

    public static void main(String[] args) {
        ConnectionProvider connections = ConnectionProvider.builder("relay").maxConnections(CONNECTIONS).build();
        WebClient client = WebClient.builder().baseUrl("http://127.0.0.1:" + args[1])
                .clientConnector(new ReactorClientHttpConnector(HttpClient.create(connections))).build();
        var handler = RouterFunctions.toHttpHandler(RouterFunctions.route(RequestPredicates.POST("/execute"),
                request -> relay(client, request)));
        HttpServer.create().host("127.0.0.1").port(Integer.parseInt(args[0])).handle(new ReactorHttpHandlerAdapter(handler))
                .bindNow().onDispose().block();
    }

    private static Mono<ServerResponse> relay(WebClient client, ServerRequest request) {
        Flux<DataBuffer> events = request.bodyToMono(byte[].class).flatMapMany(body -> client.post().uri("/execute")
                .contentType(MediaType.APPLICATION_JSON).bodyValue(body)
                .exchangeToFlux(response -> response.bodyToFlux(DataBuffer.class)));
        return ServerResponse.ok().header(HttpHeaders.CONTENT_TYPE, MediaType.TEXT_EVENT_STREAM_VALUE)
                .body((response, _) -> response.writeAndFlushWith(events.map(Mono::just)));
    }
}
