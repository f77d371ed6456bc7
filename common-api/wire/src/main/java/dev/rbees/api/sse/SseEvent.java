package dev.rbees.api.sse;

/**
 * A server-sent event.
 *
 * @param id the last id that the stream gave, in this event or before it; empty before the first
 * @param name its name; {@code message} when the stream names none
 * @param data its lines, with a newline between them
 */
public record SseEvent(String id, String name, String data) {}
