package dev.rbees.service;

import java.util.concurrent.ScheduledExecutorService;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.Connection;

/** The thread on which a connection is written to: whoever calls it there hands nothing over to another thread. */
public final class ConnectionLoop {

    private ConnectionLoop() {}

    /** Closes the connection, whatever is still to be written to it. */
    static void cut(ServerHttpResponse response) {
        Connection connection = ServerHttpResponseDecorator.getNativeResponse(response);
        var _ = connection.channel().close();
    }

    /** The event loop of the response's connection. It runs one thing at a time and must not be held up. */
    public static ScheduledExecutorService of(ServerHttpResponse response) {
        Connection connection = ServerHttpResponseDecorator.getNativeResponse(response);
        return connection.channel().eventLoop();
    }
}
