package dev.rbees.service;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/** The text of server-sent events. */
public final class SseFrame {

    private SseFrame() {}

    /**
     * @param id what a reader resumes after, null in a stream that cannot be resumed
     * @param event one of our names
     * @param data one line
     */
    public static String of(@Nullable Long id, String event, String data) {
        assert isLine(event) && isLine(data) : "a line break would begin another field";
        return (id == null ? "" : "id: " + id + "\n") + "event: " + event + "\ndata: " + data + "\n\n";
    }

    /** What readers pass over; it shows that the connection lives. */
    public static String comment(String text) {
        assert isLine(text) : "a line break would end the comment";
        return ": " + text + "\n\n";
    }

    /** Readers take a lone carriage return for a line break too. */
    private static boolean isLine(String text) {
        return text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
    }

    /** One write to the connection, in UTF-8. */
    public static DataBuffer buffer(String text) {
        return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
