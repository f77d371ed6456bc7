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
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.home.CaFile;
import dev.rbees.home.Environment;

/**
 * GET requests that follow redirects by our rules: at most five, only http and https, never from https back to http, and
 * credentials go to the host they were meant for and to no other.
 */
final class HttpGet implements AutoCloseable {

    private static final int MAX_REDIRECTS = 5;
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration DOCUMENT = Duration.ofSeconds(60);
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");
    private static final Set<Integer> LATER = Set.of(408, 425, 429, 500, 502, 503, 504);

    static {
        // why: the JDK would not give a proxy its password for an https address, although the user wrote it down for that
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }

    private final HttpClient client;
    private final Consumer<String> say;

    /** Nobody waits for its answers. */
    HttpGet(Map<String, String> environment) {
        this(environment, _ -> {
        });
    }

    /** @param say takes lines for people who would wonder why nothing happens */
    HttpGet(Map<String, String> environment, Consumer<String> say) {
        this.say = say;
        EnvironmentProxies proxies = new EnvironmentProxies(environment);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(proxies);
        // why: with an authenticator the JDK takes a server's 401 for a failure, so it is there only when it is needed
        proxies.authenticator().ifPresent(builder::authenticator);
        Environment.caFile(environment).map(CaFile::new).ifPresent(file -> builder.sslContext(file.context()));
        client = builder.build();
    }

    /** An answer that is no redirect. Closing it ends the transfer. */
    record Answer(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** Its tag, or none: a weak one says that two versions mean the same, not that they have the same bytes. */
        String strongEtag() {
            String etag = header("ETag");
            return etag.startsWith("\"") ? etag : "";
        }

        /**
         * The size of the whole file, from an answer that is a part of it.
         *
         * @param from where the part was to begin
         * @return {@link Wanted#UNKNOWN} where the answer does not tell
         * @throws SourceException when it begins elsewhere
         */
        long sizeOfRest(long from) throws SourceException {
            Matcher range = RANGE.matcher(header("Content-Range"));
            if (!range.matches() || Long.parseLong(range.group(1)) != from) {
                throw new SourceException("answers with another part of the file than was asked for");
            }
            return range.group(2).equals("*") ? Wanted.UNKNOWN : Long.parseLong(range.group(2));
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

    /** A document that was read as a whole. */
    static final class Document {
        private final Answer answer;
        private final byte[] body;

        private Document(Answer answer, byte[] body) {
            this.answer = answer;
            this.body = body;
        }

        /** Where it came from in the end. */
        URI uri() {
            return answer.uri();
        }

        int status() {
            return answer.status();
        }

        String header(String name) {
            return answer.header(name);
        }

        byte[] body() {
            return body;
        }
    }

    /**
     * Asks, and follows redirects.
     *
     * @throws BrokenTransfer when there is no connection or no answer, or one that says to come back later
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
            URI next = Redirect.target(uri, answer.header("Location"));
            if (!Redirect.sameHost(uri, next)) {
                sent.keySet().removeIf(Redirect::isCredential);
            }
            uri = next;
        }
        throw new SourceException("more than " + MAX_REDIRECTS + " redirects");
    }

    /**
     * Asks for a small document, and tries again where that is worth it.
     *
     * @param most bytes that it may have
     * @throws SourceException when it cannot be had, or is longer
     */
    Document document(URI address, Map<String, String> headers, int most, DownloadLimits limits)
            throws SourceException, InterruptedException {
        return Retries.of(limits, say, () -> {
            try (Answer answer = get(address, headers)) {
                return new Document(answer, read(answer, most));
            }
        });
    }

    /** Takes lines for people who would wonder why nothing happens. */
    Consumer<String> say() {
        return say;
    }

    private static byte[] read(Answer answer, int most) throws BrokenTransfer, SourceException {
        try (StallGuard _ = new StallGuard(DOCUMENT, answer)) {
            byte[] body = answer.body().readNBytes(most + 1);
            if (body.length > most) {
                throw new SourceException("its answer is longer than " + most + " bytes");
            }
            return body;
        } catch (IOException e) {
            throw new BrokenTransfer(e);
        }
    }

    private Answer send(URI uri, Map<String, String> headers) throws BrokenTransfer, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER);
        headers.forEach(request::header);
        try {
            HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            Answer answer = new Answer(uri, response.statusCode(), response.headers(), response.body());
            if (LATER.contains(answer.status())) {
                answer.close();
                throw new BrokenTransfer(answer);
            }
            return answer;
        } catch (IOException e) {
            throw new BrokenTransfer(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
