package dev.rbees.service;

import java.nio.charset.StandardCharsets;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/** The text of server-sent events. */
public final class SseFrame {

    private SseFrame() {}

    /** @param data one line */
    public static String of(long id, String event, String data) {
        return "id: " + id + "\n" + of(event, data);
    }

    /** @param data one line */
    public static String of(String event, String data) {
        return "event: " + event + "\ndata: " + data + "\n\n";
    }

    /** What readers pass over; it shows that the connection lives. */
    public static String comment(String text) {
        return ": " + text + "\n\n";
    }

    /** One write to the connection, in UTF-8. */
    public static DataBuffer buffer(String text) {
        return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
