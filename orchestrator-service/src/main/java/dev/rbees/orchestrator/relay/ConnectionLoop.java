package dev.rbees.orchestrator.relay;

import java.util.concurrent.ScheduledExecutorService;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.Connection;

/** The thread on which a connection is written to: whoever calls it there hands nothing over to another thread. */
final class ConnectionLoop {

    private ConnectionLoop() {}

    static ScheduledExecutorService of(ServerHttpResponse response) {
        Connection connection = ServerHttpResponseDecorator.getNativeResponse(response);
        return connection.channel().eventLoop();
    }
}
