package dev.rbees.api.task;

import tools.jackson.databind.ObjectWriter;

import dev.rbees.api.json.Json;

/** Made once, because every token of every answer goes through it. */
final class TaskEventWriter {

    /** why: the interface is what puts {@code type} into the JSON. */
    private static final ObjectWriter EVENTS = Json.mapper().writerFor(TaskEvent.class);

    private TaskEventWriter() {}

    static String json(TaskEvent event) {
        return EVENTS.writeValueAsString(event);
    }
}
