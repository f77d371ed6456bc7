package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;

/**
 * The orchestrators that a worker may report to. They are one cluster, so that any of them will do: one is used for as long as
 * it answers, and then the next. Safe for many threads.
 */
final class Orchestrators implements AutoCloseable {

    /** What an orchestrator, or what stands before it, answers when it cannot do its work. */
    private static final Set<Integer> AWAY = Set.of(502, 503, 504);

    private static final Logger LOG = LoggerFactory.getLogger(Orchestrators.class);
    private static final long LARGEST_ANSWER = 64 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** why: after 15 s of silence a worker counts as lost; until then more than one must have been asked. */
    private static final Duration TIMEOUT_OF_SEVERAL = Duration.ofSeconds(3);

    /**
     * What one of them said.
     *
     * @param status of HTTP
     * @param body of the answer
     */
    record Answer(int status, String body) {

        /** Whether it did what it was asked for. */
        boolean done() {
            return status / 100 == 2;
        }
    }

    private final List<URI> all;
    private final Optional<ApiToken> token;
    private final HttpClient http;
    /** Which of them answered last. */
    private volatile int current;
    private volatile String trouble = "";

    /**
     * @param all base addresses, at least one
     * @param token that they are shown
     * @param trust by which they are trusted over TLS, empty for the system's
     */
    Orchestrators(List<URI> all, Optional<ApiToken> token, Optional<SSLContext> trust) {
        this.all = List.copyOf(all);
        this.token = token;
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3));
        trust.ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /**
     * Asks the one that answered last, and when it is away the others in turn, each once.
     *
     * @param headers that it is shown besides
     * @param body what to send to the one at this base address
     * @return the first answer; empty when all are away
     */
    Optional<Answer> send(String method, String path, Map<String, String> headers, Function<URI, String> body)
            throws InterruptedException {
        int first = current;
        for (int i = 0; i < all.size(); i++) {
            int next = (first + i) % all.size();
            URI base = all.get(next);
            Optional<Answer> answer = ask(base, method, path, headers, body.apply(base));
            if (answer.isPresent()) {
                if (next != first) {
                    LOG.warn("the orchestrator {} is away; going on with {}", all.get(first), base);
                    current = next;
                }
                return answer;
            }
        }
        return Optional.empty();
    }

    /** Base address of the one that answered last. */
    URI current() {
        return all.get(current);
    }

    /** Why the one that was asked last did not answer, for people. */
    String trouble() {
        return trouble;
    }

    private Optional<Answer> ask(URI base, String method, String path, Map<String, String> headers, String body)
            throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(all.size() == 1 ? TIMEOUT : TIMEOUT_OF_SEVERAL).header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        headers.forEach(request::header);
        token.ifPresent(shown -> request.header("Authorization", shown.header()));
        try {
            HttpResponse<String> answer = http.send(request.build(),
                    BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST_ANSWER));
            LOG.debug("{} {} at {}: {}", method, path, base, answer.statusCode());
            trouble = "it answers with HTTP " + answer.statusCode();
            return AWAY.contains(answer.statusCode())
                    ? Optional.empty()
                    : Optional.of(new Answer(answer.statusCode(), answer.body()));
        } catch (IOException e) {
            LOG.debug("{} {} at {}: {}", method, path, base, e.toString());
            trouble = reason(e);
            return Optional.empty();
        }
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case HttpTimeoutException _ -> "it is silent";
            case ConnectException e when isUnresolved(e) -> "its name is not known";
            case ConnectException _ -> "nobody listens there";
            case SSLHandshakeException _ -> "its certificate is not trusted; " + Environment.CA_FILE
                    + " names a file with those that are";
            case SSLException _ -> "it speaks no TLS; is the address to begin with http:?";
            default -> "the connection breaks off";
        };
    }

    private static boolean isUnresolved(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(UnresolvedAddressException.class::isInstance);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
