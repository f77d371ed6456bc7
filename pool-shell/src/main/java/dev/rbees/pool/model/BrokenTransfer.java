package dev.rbees.pool.model;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;

import javax.net.ssl.SSLException;

/** A request that got no answer, or only a part of it: worth another try. The message says why, in a few words. */
final class BrokenTransfer extends Exception {

    private static final long serialVersionUID = 1L;

    BrokenTransfer(String reason) {
        super(reason);
    }

    BrokenTransfer(IOException cause) {
        super(reason(cause), cause);
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
}
