package dev.rbees.worker.grammar;

import tools.jackson.databind.JsonNode;

/**
 * A schema and where it stands.
 *
 * @param pointer a JSON pointer from the root of the whole schema
 */
record Place(JsonNode schema, String pointer) {

    /** A schema inside this one. */
    Place at(String... names) {
        JsonNode node = schema;
        StringBuilder path = new StringBuilder(pointer);
        for (String name : names) {
            node = node.isArray() ? node.get(Integer.parseInt(name)) : node.get(name);
            path.append('/').append(name.replace("~", "~0").replace("/", "~1"));
        }
        return new Place(node, path.toString());
    }
}
