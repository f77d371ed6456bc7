package dev.rbees.api.task;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.RequestFields;
import dev.rbees.api.task.Message.Role;

/** What the model is asked: a raw text that is tokenised as it is, or a conversation that goes through the model's template. */
public sealed interface Prompt {

    /** The longest prompt, all texts together, in bytes of UTF-8. */
    int MAX_BYTES = 1024 * 1024;

    /** The most messages of one conversation. */
    int MAX_MESSAGES = 4096;

    /** A text, untemplated. */
    record Raw(String text) implements Prompt {}

    /** A conversation of at least one message. */
    record Chat(List<Message> messages) implements Prompt {
        public Chat {
            messages = List.copyOf(messages);
        }
    }

    /** The texts in order, without the template's additions. */
    default List<String> texts() {
        return switch (this) {
            case Raw(String text) -> List.of(text);
            case Chat(List<Message> messages) -> messages.stream().map(Message::content).toList();
        };
    }

    /** Bytes of UTF-8 of all texts together. */
    default long bytes() {
        return texts().stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum();
    }

    /** The field of a request's body: {@code prompt} or {@code messages}. */
    default Map<String, Object> toFields() {
        return switch (this) {
            case Raw(String text) -> Map.of("prompt", text);
            case Chat(List<Message> messages) -> Map.of("messages", messages);
        };
    }

    /**
     * Reads {@code prompt} or {@code messages}; exactly one of them must be there.
     *
     * @return null when there was a problem, which {@code fields} then holds
     */
    static @Nullable Prompt read(RequestFields fields) {
        boolean raw = fields.has("prompt");
        boolean chat = fields.has("messages");
        if (raw == chat) {
            fields.reject("prompt", "one_of(prompt,messages)", raw
                    ? "give prompt or messages, not both"
                    : "prompt is required (or messages)");
            return null;
        }
        Prompt prompt = raw ? readRaw(fields) : readChat(fields);
        if (prompt != null && prompt.bytes() > MAX_BYTES) {
            fields.reject(raw ? "prompt" : "messages", "max_bytes(" + MAX_BYTES + ")",
                    "the prompt must be at most %d bytes (got %d)".formatted(MAX_BYTES, prompt.bytes()));
            return null;
        }
        return prompt;
    }

    private static @Nullable Prompt readRaw(RequestFields fields) {
        String text = fields.requiredText("prompt");
        return text == null ? null : new Raw(text);
    }

    private static @Nullable Prompt readChat(RequestFields fields) {
        JsonNode array = fields.value("messages");
        if (array == null || !array.isArray() || array.isEmpty()) {
            fields.reject("messages", "non_empty_array", "messages must be an array of at least one message");
            return null;
        }
        if (array.size() > MAX_MESSAGES) {
            fields.reject("messages", "max_count(" + MAX_MESSAGES + ")",
                    "messages must have at most %d entries (got %d)".formatted(MAX_MESSAGES, array.size()));
            return null;
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Message message = readMessage(fields, array.get(i), "messages[" + i + "]");
            if (message != null) {
                messages.add(message);
            }
        }
        return messages.size() == array.size() ? new Chat(messages) : null;
    }

    private static @Nullable Message readMessage(RequestFields fields, JsonNode node, String path) {
        if (!node.isObject()) {
            fields.reject(path, "object", path + " must be an object with role and content");
            return null;
        }
        RequestFields message = fields.nested(node, path);
        Role role = null;
        if (message.requiredText("role") != null) {
            role = message.choice("role", Role.class, Role.USER);
        }
        String content = readContent(message);
        return role == null || content == null ? null : new Message(role, content);
    }

    private static @Nullable String readContent(RequestFields message) {
        JsonNode content = message.value("content");
        if (content == null) {
            message.reject("content", "required", "content is required");
            return null;
        }
        if (content.isString()) {
            return message.text("content");
        }
        if (!content.isArray()) {
            message.reject("content", "string_or_parts", "content must be a string or an array of text parts");
            return null;
        }
        StringBuilder joined = new StringBuilder();
        for (JsonNode part : content) {
            RequestFields fields = message.nested(part, "content");
            boolean isText = part.isObject() && "text".equals(fields.text("type"));
            String text = isText ? fields.text("text") : null;
            if (text == null) {
                message.reject("content", "text_parts", "content may only hold parts {\"type\":\"text\",\"text\":…}");
                return null;
            }
            joined.append(text);
        }
        return joined.toString();
    }
}
