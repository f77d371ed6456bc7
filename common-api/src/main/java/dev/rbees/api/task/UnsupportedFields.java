package dev.rbees.api.task;

import java.util.List;

import dev.rbees.api.json.RequestFields;

/** Fields of the wire contract that this version refuses, so that nobody believes they had an effect. */
public final class UnsupportedFields {

    private static final List<String> NAMES = List.of("response_format");

    private UnsupportedFields() {}

    public static void reject(RequestFields fields) {
        for (String name : NAMES) {
            if (fields.has(name)) {
                fields.reject(name, "unsupported", name + " is not supported by this version of rbees; leave it out");
            }
        }
    }
}
