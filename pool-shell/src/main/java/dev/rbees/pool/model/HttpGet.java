package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * GET requests that follow redirects by our rules: at most five, only http and https, never from https back to http, and
 * credentials go to the host they were meant for and to no other.
 */
final class HttpGet implements AutoCloseable {

    private static final int MAX_REDIRECTS = 5;
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    static {
        // why: the JDK would not give a proxy its password for an https address, although the user wrote it down for that
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }

    private final HttpClient client;

    HttpGet(Map<String, String> environment) {
        EnvironmentProxies proxies = new EnvironmentProxies(environment);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(proxies);
        // why: with an authenticator the JDK takes a server's 401 for a failure, so it is there only when it is needed
        proxies.authenticator().ifPresent(builder::authenticator);
        client = builder.build();
    }

    /** An answer that is no redirect. Closing it ends the transfer. */
    record Answer(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        @Override
        public void close() {
            try {
                body.close();
            } catch (IOException _) {
                // nothing more is wanted from it
            }
        }
    }

    /**
     * Asks, and follows redirects.
     *
     * @throws BrokenTransfer when there is no connection or no answer
     * @throws SourceException when a redirect breaks the rules
     */
    Answer get(URI start, Map<String, String> headers) throws BrokenTransfer, SourceException, InterruptedException {
        URI uri = start;
        Map<String, String> sent = new HashMap<>(headers);
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            Answer answer = send(uri, sent);
            if (answer.status() / 100 != 3) {
                return answer;
            }
            answer.close();
            URI next = target(uri, answer.header("Location"));
            if (!sameHost(uri, next)) {
                sent.remove("Authorization");
            }
            uri = next;
        }
        throw new SourceException("more than " + MAX_REDIRECTS + " redirects");
    }

    private Answer send(URI uri, Map<String, String> headers) throws BrokenTransfer, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER);
        headers.forEach(request::header);
        try {
            HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            return new Answer(uri, answer.statusCode(), answer.headers(), answer.body());
        } catch (IOException e) {
            throw new BrokenTransfer(e);
        }
    }

    static URI target(URI from, String location) throws SourceException {
        URI next;
        try {
            next = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new SourceException("a redirect to nowhere", e);
        }
        if (location.isEmpty() || next.getHost() == null || !isWeb(next)) {
            throw new SourceException("a redirect to something that is no web address");
        }
        if ("https".equals(from.getScheme()) && !"https".equals(next.getScheme())) {
            throw new SourceException("a redirect from https to unprotected http");
        }
        return next;
    }

    static boolean isWeb(URI uri) {
        return "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    }

    private static boolean sameHost(URI a, URI b) {
        return Objects.equals(a.getScheme(), b.getScheme()) && Objects.equals(a.getHost(), b.getHost())
                && a.getPort() == b.getPort();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
