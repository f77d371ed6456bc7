package dev.rbees.ctl.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.ApiToken;

/** A program of rbees behind an address: sends requests, and turns what goes wrong into our errors. */
final class Endpoint {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int LARGEST_ANSWER = Json.MAX_BODY_BYTES * 4;

    private final URI base;
    private final RestClient http;
    private final ErrorCode unreachable;
    private final String advice;

    /**
     * @param base address without a path
     * @param token that it is shown, empty for none
     * @param patience how long nothing may come
     * @param unreachable the code when nobody answers
     * @param advice what to do then
     */
    Endpoint(URI base, Optional<ApiToken> token, Duration patience, ErrorCode unreachable, String advice) {
        SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(CONNECT);
        requests.setReadTimeout(patience);
        this.base = base;
        this.http = RestClient.builder().requestFactory(requests)
                .defaultHeaders(headers -> token.ifPresent(shown -> headers.set("Authorization", shown.header()))).build();
        this.unreachable = unreachable;
        this.advice = advice;
    }

    /** The answer's body, at most so long as our programs ever answer. */
    String send(HttpMethod method, String path, String body) {
        try (Answer answer = open(method, path, body, Map.of())) {
            return text(answer.body());
        } catch (IOException e) {
            throw unreachable("the answer broke off", e);
        }
    }

    /**
     * Opens an answer that is read piece by piece.
     *
     * @param body JSON, empty for none
     * @throws RbeesException with the server's own code when it refuses
     */
    Answer open(HttpMethod method, String path, String body, Map<String, String> headers) {
        RestClient.RequestBodySpec request = http.method(method).uri(URI.create(base + path))
                .headers(all -> headers.forEach(all::set));
        if (!body.isEmpty()) {
            request.contentType(MediaType.APPLICATION_JSON).body(body.getBytes(StandardCharsets.UTF_8));
        }
        try {
            // why: not closed by Spring, which would first read an endless stream to its end
            Answer answer = request.exchangeForRequiredValue((_, response) -> new Answer(response), false);
            if (answer.status().isError()) {
                try (answer) {
                    throw refusal(answer.status(), text(answer.body()));
                }
            }
            return answer;
        } catch (ResourceAccessException e) {
            throw unreachable("no answer from " + base, e);
        } catch (IOException e) {
            throw unreachable("the answer of " + base + " broke off", e);
        }
    }

    RbeesException unreachable(String what, @Nullable Exception cause) {
        return new RbeesException(unreachable, what + "; " + advice, cause);
    }

    private RbeesException refusal(HttpStatusCode status, String body) {
        try {
            JsonNode error = Json.readTree(body.getBytes(StandardCharsets.UTF_8)).path("error");
            String code = error.path("code").asString("");
            String message = error.path("message").asString("");
            if (!code.isEmpty() && !message.isEmpty()) {
                return new RbeesException(Ids.errorCode(code), message);
            }
        } catch (RbeesException _) {
            // not one of ours: told below
        }
        return new RbeesException(ErrorCode.INTERNAL, base + " answers with HTTP " + status.value()
                + " and no error that rbees knows; is it really a program of rbees?");
    }

    private static String text(InputStream body) throws IOException {
        return new String(body.readNBytes(LARGEST_ANSWER), StandardCharsets.UTF_8);
    }

    /** An answer that is being read. */
    record Answer(ClientHttpResponse response) implements AutoCloseable {

        HttpStatusCode status() throws IOException {
            return response.getStatusCode();
        }

        InputStream body() throws IOException {
            return response.getBody();
        }

        @Override
        public void close() throws IOException {
            response.getBody().close();
        }
    }
}
