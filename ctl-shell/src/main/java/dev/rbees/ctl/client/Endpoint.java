package dev.rbees.ctl.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.ApiToken;
import dev.rbees.shell.http.ProgramAnswer;
import dev.rbees.shell.http.ProgramClient;

/** A program that a command needs: what goes wrong on the way to it becomes one of our errors, with advice. */
final class Endpoint {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final URI base;
    private final ProgramClient http;
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
        this.base = base;
        this.http = new ProgramClient(base, token, CONNECT, patience);
        this.unreachable = unreachable;
        this.advice = advice;
    }

    /** What is at a path. */
    String get(String path) {
        return text(openGet(path, Map.of()));
    }

    /** What is answered to this body. */
    String post(String path, String json) {
        return text(openPost(path, json, Map.of()));
    }

    /**
     * As {@link #get}, for an answer that is read piece by piece.
     *
     * @throws RbeesException with the program's own code when it refuses
     */
    ProgramAnswer openGet(String path, Map<String, String> headers) {
        return accepted(() -> http.get(path, headers));
    }

    /** As {@link #post}, for an answer that is read piece by piece. */
    ProgramAnswer openPost(String path, String json, Map<String, String> headers) {
        return accepted(() -> http.post(path, json, headers));
    }

    RbeesException unreachable(String what, @Nullable Exception cause) {
        return new RbeesException(unreachable, what + "; " + advice, cause);
    }

    private interface Request {
        ProgramAnswer send() throws IOException;
    }

    private ProgramAnswer accepted(Request request) {
        ProgramAnswer answer;
        try {
            answer = request.send();
        } catch (IOException e) {
            throw unreachable("no answer from " + base, e);
        }
        if (answer.ok()) {
            return answer;
        }
        try (answer) {
            throw answer.refusal().orElseGet(() -> new RbeesException(ErrorCode.INTERNAL, base + " answers with HTTP "
                    + answer.status() + " and no error that rbees knows; is it really a program of rbees?"));
        } catch (IOException e) {
            throw unreachable("the answer of " + base + " broke off", e);
        }
    }

    private String text(ProgramAnswer answer) {
        try (answer) {
            return answer.text();
        } catch (IOException e) {
            throw unreachable("the answer broke off", e);
        }
    }
}
