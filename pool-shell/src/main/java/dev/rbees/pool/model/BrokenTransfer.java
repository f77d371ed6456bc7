package dev.rbees.pool.model;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

import javax.net.ssl.SSLException;

/** A request that got no answer, or only a part of it: worth another try. The message says why, in a few words. */
final class BrokenTransfer extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean answered;
    private final Duration pause;

    BrokenTransfer(String reason) {
        super(reason);
        this.answered = true;
        this.pause = Duration.ZERO;
    }

    BrokenTransfer(IOException cause) {
        super(reason(cause), cause);
        this.answered = false;
        this.pause = Duration.ZERO;
    }

    /** An answer that says to come back later, and perhaps when. */
    BrokenTransfer(HttpGet.Answer answer) {
        super("HTTP " + answer.status());
        this.answered = true;
        this.pause = RetryAfter.of(answer.header("Retry-After"));
    }

    private static String reason(IOException e) {
        return switch (e) {
            case ConnectException _,HttpConnectTimeoutException _ -> "no connection";
            case HttpTimeoutException _ -> "no answer";
            case SSLException _ -> "the secure connection failed (" + e.getMessage() + ")";
            default -> "the connection broke";
        };
    }

    /** Why, in a few words. */
    String reason() {
        return String.valueOf(getMessage());
    }

    /** Whether there is a server that answers. */
    boolean answered() {
        return answered;
    }

    /** How long the server wants to be left alone; zero when it does not tell. */
    Duration pause() {
        return pause;
    }
}
