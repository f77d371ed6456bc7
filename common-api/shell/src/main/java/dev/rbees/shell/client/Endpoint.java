package dev.rbees.shell.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.shell.http.ConnectionTrouble;
import dev.rbees.shell.http.ProgramAnswer;
import dev.rbees.shell.http.ProgramClient;

/**
 * A program that a command needs, at one address or at several of a cluster: what goes wrong on the way to it becomes one of
 * our errors, with advice. For one thread.
 */
public final class Endpoint {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final String TOKEN = "give this program the same token: set RBEES_API_TOKEN_FILE to a file that holds it"
            + " and that nobody else may read";

    private final List<Address> addresses;
    private final ErrorCode unreachable;
    private final String advice;
    private int current;

    private record Address(URI base, ProgramClient http) {}

    /**
     * @param bases addresses without a path, at least one
     * @param credentials what it is shown and by what it is trusted
     * @param patience how long nothing may come
     * @param unreachable the code when nobody answers
     * @param advice what to do then
     */
    public Endpoint(List<URI> bases, Credentials credentials, Duration patience, ErrorCode unreachable, String advice) {
        this.addresses = bases.stream().map(base -> new Address(base,
                new ProgramClient(base, credentials.token(), credentials.authorities(), CONNECT, patience))).toList();
        this.unreachable = unreachable;
        this.advice = advice;
    }

    /** What is at a path. */
    public String get(String path) {
        return text(openGet(path, Map.of()));
    }

    /** What is answered to this body. */
    public String post(String path, String json) {
        return text(openPost(path, json, Map.of()));
    }

    /** Asks for the end of what is at a path, and gives the answer. */
    public String delete(String path) {
        return text(accepted(true, http -> http.delete(path, Map.of())));
    }

    /**
     * As {@link #get}, for an answer that is read piece by piece.
     *
     * @throws RbeesException with the program's own code when it refuses
     */
    public ProgramAnswer openGet(String path, Map<String, String> headers) {
        return accepted(true, http -> http.get(path, headers));
    }

    /** As {@link #post}, for an answer that is read piece by piece. */
    public ProgramAnswer openPost(String path, String json, Map<String, String> headers) {
        return accepted(false, http -> http.post(path, json, headers));
    }

    /** The failure of a program that cannot be reached any more. */
    public RbeesException unreachable(String what, @Nullable Exception cause) {
        return new RbeesException(unreachable, what + "; " + advice, cause);
    }

    private interface Request {
        ProgramAnswer send(ProgramClient http) throws IOException;
    }

    /**
     * Asks each address once, beginning with the one that answered last.
     *
     * @param repeatable whether a request that may have arrived may be sent to another
     */
    private ProgramAnswer accepted(boolean repeatable, Request request) {
        for (int left = addresses.size() - 1;; left--) {
            Address address = addresses.get(current);
            try {
                return answered(address, request.send(address.http()));
            } catch (IOException e) {
                ConnectionTrouble trouble = ConnectionTrouble.of(address.base(), e);
                if (left == 0 || !(repeatable || trouble.reachedNobody())) {
                    throw failure(address.base(), trouble, e);
                }
            } catch (RbeesException e) {
                if (left == 0 || !mayAskAnother(e, repeatable)) {
                    throw e;
                }
            }
            current = (current + 1) % addresses.size();
        }
    }

    /** why: who stands by says OVERLOADED also when the one that leads broke off, and may have taken what it was sent. */
    private static boolean mayAskAnother(RbeesException refusal, boolean repeatable) {
        return refusal.code() == ErrorCode.DRAINING || (repeatable && refusal.code() == ErrorCode.OVERLOADED);
    }

    private RbeesException failure(URI base, ConnectionTrouble trouble, IOException cause) {
        return new RbeesException(unreachable,
                trouble.problem(base) + "; " + (trouble.advice().isEmpty() ? advice : trouble.advice()), cause);
    }

    private ProgramAnswer answered(Address address, ProgramAnswer answer) {
        if (answer.ok()) {
            return answer;
        }
        try (answer) {
            throw answer.refusal().orElseGet(() -> unknown(address.base(), answer.status()));
        } catch (IOException e) {
            throw unreachable("the answer of " + address.base() + " broke off", e);
        }
    }

    private static RbeesException unknown(URI base, int status) {
        return switch (status) {
            case 401 -> new RbeesException(ErrorCode.UNAUTHORIZED, base + " asks for a token; " + TOKEN);
            case 403 -> new RbeesException(ErrorCode.FORBIDDEN, base + " does not allow that to this token");
            default -> new RbeesException(ErrorCode.INTERNAL, base + " answers with HTTP " + status
                    + " and no error that rbees knows; is it really a program of rbees?");
        };
    }

    private String text(ProgramAnswer answer) {
        try (answer) {
            return answer.text();
        } catch (IOException e) {
            throw unreachable("the answer broke off", e);
        }
    }
}
