package dev.rbees.worker.grammar;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;

/** Finds what {@code $ref} refers to, inside the schema only: nothing is ever fetched. */
final class References {

    private final JsonNode root;

    References(JsonNode root) {
        this.root = root;
    }

    /** @param from the schema that has the {@code $ref} */
    Place resolve(Place from) {
        String reference = from.schema().get("$ref").asString();
        if (!reference.equals("#") && !reference.startsWith("#/")) {
            throw problem(from, "it must begin with #/ and refer to a place in this schema; nothing is fetched");
        }
        Place place = new Place(root, "");
        if (reference.length() > 1) {
            for (String step : decoded(from, reference.substring(2)).split("/", -1)) {
                place = step(from, place, step.replace("~1", "/").replace("~0", "~"));
            }
        }
        if (!place.schema().isObject() && !place.schema().isBoolean()) {
            throw problem(from, "there is no schema at that place");
        }
        return place;
    }

    private static Place step(Place from, Place place, String name) {
        JsonNode schema = place.schema();
        boolean index = schema.isArray() && name.matches("[0-9]{1,4}") && Integer.parseInt(name) < schema.size();
        if (!index && !schema.has(name)) {
            throw problem(from, "there is no schema at that place");
        }
        return place.at(name);
    }

    private static String decoded(Place from, String fragment) {
        try {
            return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw SchemaProblem.unsupported(from.pointer(), "$ref", "a percent sign in it is not followed by two digits");
        }
    }

    private static RbeesException problem(Place from, String why) {
        return SchemaProblem.unsupported(from.pointer(), "$ref", why);
    }
}
