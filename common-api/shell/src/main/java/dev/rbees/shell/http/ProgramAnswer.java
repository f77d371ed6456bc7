package dev.rbees.shell.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.sse.SseEvent;
import dev.rbees.api.sse.SseLimitException;
import dev.rbees.api.sse.SseParser;

/** An answer that is being read, of any status. Closing it ends the transfer, also in the middle. For one thread. */
public final class ProgramAnswer implements AutoCloseable {

    private static final int LARGEST_TEXT = Json.MAX_BODY_BYTES * 4;
    private static final int PIECE = 8 * 1024;

    private final HttpURLConnection connection;
    private final int status;

    ProgramAnswer(HttpURLConnection connection, int status) {
        this.connection = connection;
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** Whether the program did what it was asked. */
    public boolean ok() {
        return status / 100 == 2;
    }

    /** The whole body, at most so long as our programs ever answer; what is beyond that is left. */
    public String text() throws IOException {
        return text(LARGEST_TEXT);
    }

    /** @param atMost bytes that are read */
    public String text(int atMost) throws IOException {
        return new String(body().readNBytes(atMost), StandardCharsets.UTF_8);
    }

    /**
     * The error that the body holds, with the time after which to try again; empty when it is none of ours. A code that this version does
     * not know is INTERNAL.
     */
    public Optional<RbeesException> refusal() throws IOException {
        try {
            JsonNode error = Json.readTree(text().getBytes(StandardCharsets.UTF_8)).path("error");
            String code = error.path("code").asString("");
            String message = error.path("message").asString("");
            return code.isEmpty() || message.isEmpty()
                    ? Optional.empty()
                    : Optional.of(refusal(Ids.errorCode(code), message));
        } catch (RbeesException _) {
            return Optional.empty();
        }
    }

    private RbeesException refusal(ErrorCode code, String message) {
        String after = connection.getHeaderField("Retry-After");
        return after != null && after.matches("[0-9]{1,5}")
                ? RbeesException.busy(code, message, Duration.ofSeconds(Long.parseLong(after)))
                : new RbeesException(code, message);
    }

    /**
     * Reads the body as server-sent events, until the stream ends or the reader has enough.
     *
     * @param more takes each event and says whether it wants another
     * @throws IOException when the connection breaks, is silent for too long, or holds a line or event that is too long
     */
    public void events(Predicate<SseEvent> more) throws IOException {
        boolean[] wanted = {true};
        SseParser parser = new SseParser(event -> wanted[0] = wanted[0] && more.test(event));
        InputStream body = body();
        byte[] piece = new byte[PIECE];
        try {
            while (wanted[0]) {
                int count = body.read(piece);
                if (count < 0) {
                    return;
                }
                parser.feed(piece, 0, count);
            }
        } catch (SseLimitException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private InputStream body() throws IOException {
        if (status < 400) {
            return connection.getInputStream();
        }
        InputStream refused = connection.getErrorStream();
        return refused == null ? InputStream.nullInputStream() : refused;
    }

    /** why: not only the body, because a connection in the middle of an endless answer is of no further use. */
    @Override
    public void close() {
        connection.disconnect();
    }
}
