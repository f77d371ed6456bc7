package dev.rbees.orchestrator.dispatch;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

import dev.rbees.api.json.Json;

/** Counts what a worker's tokenizer answers, without keeping it. */
final class TokenCount {

    /** why: an id of the vocabulary with its comma. */
    private static final int BYTES_PER_TOKEN = 12;
    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final int MARGIN = 4 * 1024;

    private TokenCount() {}

    /** The most bytes that an answer of so many tokens at most has. */
    static int mostBytes(long mostTokens) {
        return (int) Math.min(MAX_BYTES, mostTokens * BYTES_PER_TOKEN + MARGIN);
    }

    /**
     * How many entries the field {@code tokens} has.
     *
     * @throws BrokenRule when it is not JSON of that form, or there are more than can be
     */
    static int of(byte[] answer, long most) {
        try (JsonParser json = Json.mapper().createParser(answer)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new BrokenRule("an answer that is no object");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean tokens = json.currentName().equals("tokens");
                if (json.nextToken() == JsonToken.START_ARRAY && tokens) {
                    return entries(json, most);
                }
                json.skipChildren();
            }
            throw new BrokenRule("an answer without tokens");
        } catch (JacksonException e) {
            throw new BrokenRule("an answer that is not JSON of its form");
        }
    }

    private static int entries(JsonParser json, long most) {
        int count = 0;
        for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
            json.skipChildren();
            count++;
            if (next == null || count > most) {
                throw new BrokenRule("more tokens than the prompt can have");
            }
        }
        return count;
    }
}
