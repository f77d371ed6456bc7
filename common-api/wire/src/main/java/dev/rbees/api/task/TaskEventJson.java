package dev.rbees.api.task;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.databind.ObjectWriter;

import dev.rbees.api.json.Json;

/**
 * Events to JSON and back.
 *
 * <p>
 * why: every token of every answer goes through here, so that tokens without likelihoods, which nearly all are, do not go through
 * the mapper. It says the same of them, and costs several times as much.
 */
final class TaskEventJson {

    /** why: the interface is what puts {@code type} into the JSON. */
    private static final ObjectWriter WRITER = Json.mapper().writerFor(TaskEvent.class);
    private static final int TOKEN_CHARACTERS = 64;

    private TaskEventJson() {}

    static String write(TaskEvent event) {
        return event instanceof TaskEvent.Token token && token.logprobs() == null
                ? write(token)
                : WRITER.writeValueAsString(event);
    }

    private static String write(TaskEvent.Token token) {
        StringBuilder json = new StringBuilder(TOKEN_CHARACTERS + token.t().length()).append("{\"type\":\"token\",\"t\":\"");
        JsonStringEncoder.getInstance().quoteAsString(token.t(), json);
        return json.append("\",\"i\":").append(token.i()).append(",\"id\":").append(token.id()).append('}').toString();
    }

    static TaskEvent read(byte[] json) {
        TaskEvent token = token(() -> Json.mapper().createParser(json));
        return token == null ? Json.read(json, TaskEvent.class) : token;
    }

    static TaskEvent read(String json) {
        TaskEvent token = token(() -> Json.mapper().createParser(json));
        return token == null ? Json.read(json, TaskEvent.class) : token;
    }

    /** A token with these fields alone, the type first; null for whatever else it is. */
    private static TaskEvent.@Nullable Token token(Supplier<JsonParser> opened) {
        try (JsonParser json = opened.get()) {
            return token(json);
        } catch (JacksonException e) {
            return null; // why: the mapper says what is wrong
        }
    }

    private static TaskEvent.@Nullable Token token(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT || !"type".equals(json.nextName())
                || !"token".equals(json.nextStringValue())) {
            return null;
        }
        String text = null;
        Integer index = null;
        Integer id = null;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("t") && value == JsonToken.VALUE_STRING) {
                text = json.getString();
            } else if (name.equals("i") && value == JsonToken.VALUE_NUMBER_INT) {
                index = json.getIntValue();
            } else if (name.equals("id") && value == JsonToken.VALUE_NUMBER_INT) {
                id = json.getIntValue();
            } else {
                return null;
            }
        }
        if (text == null || index == null || id == null || json.nextToken() != null) {
            return null;
        }
        return new TaskEvent.Token(text, index, id);
    }
}
