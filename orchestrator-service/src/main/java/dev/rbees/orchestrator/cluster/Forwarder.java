package dev.rbees.orchestrator.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

import dev.rbees.api.error.ErrorBody;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.service.CorrelationFilter;
import dev.rbees.service.EventStream;
import dev.rbees.service.HostGuard;
import dev.rbees.service.RetryAfter;

/**
 * Hands requests on to the orchestrator that leads, and its answers back, piece by piece. It changes nothing, and refuses only what
 * the leader would refuse by the name that it is called by: the leader asks for tokens. A stream that breaks with the leader breaks here too, so that nobody takes it for complete.
 */
public final class Forwarder implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int CONNECTIONS = 20_000;
    /** why: a stream with nothing to say has a comment every 15 s. */
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    /** Those of one connection, not of what is said over it; and the name by which the leader is called is its own. */
    private static final Set<String> NOT_HANDED_ON = Set.of("connection", "keep-alive", "transfer-encoding", "upgrade", "te",
            "trailer", "host");

    private final HttpClient http;
    private final HostGuard guard;
    private volatile Optional<String> leader = Optional.empty();
    private volatile boolean ending;

    /**
     * @param guard keeps foreign web pages out, as the leader's does; tokens are the leader's affair
     * @param trust by which the leader is trusted over TLS, empty for the system's
     */
    public Forwarder(HostGuard guard, Optional<SSLContext> trust) {
        this.guard = guard;
        HttpClient client = HttpClient
                .create(ConnectionProvider.builder("leader").maxConnections(CONNECTIONS).maxIdleTime(Duration.ofSeconds(30))
                        .build())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS).responseTimeout(SILENCE);
        this.http = trust.map(Forwarder::sslContext).map(context -> client.secure(tls -> tls.sslContext(context)))
                .orElse(client);
    }

    private static SslContext sslContext(SSLContext trust) {
        return new JdkSslContext(trust, true, null, IdentityCipherSuiteFilter.INSTANCE, ApplicationProtocolConfig.DISABLED,
                ClientAuth.NONE, null, false);
    }

    void leader(Optional<String> url) {
        leader = url;
    }

    /** The process is to end. */
    public void end() {
        ending = true;
    }

    boolean ending() {
        return ending;
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        Optional<RbeesException> refusal = guard.refusal(request);
        if (refusal.isPresent()) {
            return refuse(refusal.get(), request, response);
        }
        if (request.getPath().value().equals("/health/live")) {
            return answer(response, HttpStatus.OK, "{\"status\":\"ok\"}");
        }
        return leader.map(url -> forward(url, request, response)).orElseGet(() -> refuse(nobodyLeads(), request, response));
    }

    private Mono<Void> forward(String url, ServerHttpRequest request, ServerHttpResponse response) {
        return http.headers(headers -> request.getHeaders().forEach((name, values) -> {
            if (!NOT_HANDED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                headers.set(name, values);
            }
        })).request(HttpMethod.valueOf(request.getMethod().name()))
                .uri(url + request.getURI().getRawPath()
                        + (request.getURI().getRawQuery() == null ? "" : "?" + request.getURI().getRawQuery()))
                .send(body(request))
                .response((answer, content) -> relay(answer, content, response))
                .then()
                .onErrorResume(failure -> {
                    LOG.debug("the leader at {} did not answer: {}", url, failure.toString());
                    return response.isCommitted() ? Mono.error(failure) : refuse(nobodyLeads(), request, response);
                });
    }

    private static Flux<ByteBuf> body(ServerHttpRequest request) {
        return request.getBody().map(buffer -> {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            DataBufferUtils.release(buffer);
            return Unpooled.wrappedBuffer(bytes);
        });
    }

    private static Mono<Void> relay(HttpClientResponse answer, ByteBufFlux content, ServerHttpResponse response) {
        response.setStatusCode(HttpStatusCode.valueOf(answer.status().code()));
        answer.responseHeaders().forEach(header -> {
            if (!NOT_HANDED_ON.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                response.getHeaders().add(header.getKey(), header.getValue());
            }
        });
        Flux<DataBuffer> pieces = content.asByteArray().map(bytes -> response.bufferFactory().wrap(bytes));
        return EventStream.pass(response, pieces);
    }

    private static RbeesException nobodyLeads() {
        return RbeesException.busy(ErrorCode.OVERLOADED,
                "the orchestrators are agreeing on which of them leads; try again in a moment", RETRY_AFTER);
    }

    private static Mono<Void> refuse(RbeesException why, ServerHttpRequest request, ServerHttpResponse response) {
        RetryAfter.seconds(why)
                .ifPresent(seconds -> response.getHeaders().set(HttpHeaders.RETRY_AFTER, seconds.toString()));
        String id = CorrelationFilter.idOf(request);
        response.getHeaders().set(CorrelationFilter.HEADER, id);
        return answer(response, HttpStatusCode.valueOf(why.code().httpStatus()), Json.write(ErrorBody.of(why, id)));
    }

    private static Mono<Void> answer(ServerHttpResponse response, HttpStatusCode status, String json) {
        response.setStatusCode(status);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        return response
                .writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(json.getBytes(StandardCharsets.UTF_8))));
    }
}
