package dev.rbees.shell.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

import dev.rbees.home.ApiToken;
import dev.rbees.home.CaFile;

/**
 * A program of rbees behind an address. It follows no redirects, so the token stays with that address, and sends nothing a
 * second time. For any thread; each call blocks its own.
 */
public final class ProgramClient {

    static {
        // why: the JDK would send a POST a second time when its connection breaks, and so hand a task in twice
        System.setProperty("sun.net.http.retryPost", "false");
    }

    /** What the JDK says in some cases, and in others takes for an answer of HTTP 0.9. */
    static final String NO_HTTP = "Invalid Http response";

    private final URI base;
    private final Optional<ApiToken> token;
    private final Optional<SSLSocketFactory> sockets;
    private final int connectMillis;
    private final int patienceMillis;

    /**
     * @param base address without a path
     * @param token that it is shown, empty for none
     * @param authorities trusted for https beside the system's; read at once, and then only
     * @param connect how long the connection may take, at least 1 ms
     * @param patience how long nothing may come after that, at least 1 ms
     */
    public ProgramClient(URI base, Optional<ApiToken> token, Optional<CaFile> authorities, Duration connect,
            Duration patience) {
        this.base = base;
        this.token = token;
        this.sockets = authorities.filter(_ -> "https".equals(base.getScheme()))
                .map(file -> file.context().getSocketFactory());
        this.connectMillis = millis(connect);
        this.patienceMillis = millis(patience);
    }

    /** A program that only authorities of the system are to vouch for. */
    public ProgramClient(URI base, Optional<ApiToken> token, Duration connect, Duration patience) {
        this(base, token, Optional.empty(), connect, patience);
    }

    private static int millis(Duration time) {
        if (time.toMillis() < 1) {
            throw new IllegalArgumentException("a time limit of " + time + " would be none");
        }
        return Math.toIntExact(time.toMillis());
    }

    /** Asks for what is at a path. */
    public ProgramAnswer get(String path, Map<String, String> headers) throws IOException {
        return answer(open("GET", path, headers));
    }

    /**
     * Sends JSON to a path.
     *
     * @param json the body, not empty
     */
    public ProgramAnswer post(String path, String json, Map<String, String> headers) throws IOException {
        HttpURLConnection connection = open("POST", path, headers);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        try (OutputStream body = connection.getOutputStream()) {
            body.write(json.getBytes(StandardCharsets.UTF_8));
        }
        return answer(connection);
    }

    /** Asks for the end of what is at a path. */
    public ProgramAnswer delete(String path, Map<String, String> headers) throws IOException {
        return answer(open("DELETE", path, headers));
    }

    private HttpURLConnection open(String method, String path, Map<String, String> headers) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setConnectTimeout(connectMillis);
        connection.setReadTimeout(patienceMillis);
        if (connection instanceof HttpsURLConnection secure) {
            sockets.ifPresent(secure::setSSLSocketFactory);
        }
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        headers.forEach(connection::setRequestProperty);
        token.ifPresent(shown -> connection.setRequestProperty("Authorization", shown.header()));
        return connection;
    }

    /** why: the status is asked for here, so that a program that does not answer is found out at once. */
    private static ProgramAnswer answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status < 0) {
            connection.disconnect();
            throw new IOException(NO_HTTP);
        }
        return new ProgramAnswer(connection, status);
    }
}
