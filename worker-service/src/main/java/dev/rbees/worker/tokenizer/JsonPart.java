package dev.rbees.worker.tokenizer;

import java.util.List;
import java.util.function.Function;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/**
 * A part of {@code tokenizer.json}.
 *
 * @param role such as "normalizer", for messages
 * @param node the JSON
 */
record JsonPart(String role, JsonNode node) {

    boolean missing() {
        return node.isMissingNode() || node.isNull();
    }

    String type() {
        return text("type", "");
    }

    JsonPart part(String field) {
        return new JsonPart(role, node.path(field));
    }

    String text(String field, String otherwise) {
        JsonNode value = node.path(field);
        return value.isString() ? value.asString() : otherwise;
    }

    String requireText(String field) {
        if (!node.path(field).isString()) {
            throw damaged("its " + type() + " has no " + field);
        }
        return node.path(field).asString();
    }

    boolean flag(String field, boolean otherwise) {
        JsonNode value = node.path(field);
        return value.isBoolean() ? value.booleanValue() : otherwise;
    }

    int integer(String field, int otherwise) {
        JsonNode value = node.path(field);
        return value.isInt() ? value.intValue() : otherwise;
    }

    /** What is made of each element of a list. */
    <T> List<T> each(String field, Function<JsonPart, T> make) {
        return node.path(field).valueStream().map(element -> make.apply(new JsonPart(role, element))).toList();
    }

    RbeesException unsupported(String supported) {
        return ModelFault.of("the model's tokenizer.json has a " + role + " of type '"
                + type() + "'; this version of rbees supports " + supported);
    }

    /** A setting of a supported type that is not supported itself. */
    RbeesException unsupportedSetting(String field, String supported) {
        return ModelFault.of("the model's tokenizer.json has a " + role + " " + type()
                + " with " + field + " " + node.path(field) + "; this version of rbees supports " + supported);
    }

    RbeesException damaged(String problem) {
        return ModelFault.of("the model's tokenizer.json is damaged (" + role + "): " + problem);
    }
}
