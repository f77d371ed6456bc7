package dev.rbees.worker.grammar;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/** The types of JSON Schema. */
enum JsonType {
    OBJECT,
    ARRAY,
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    NULL;

    /** Every type once; integers are numbers. */
    static final Set<JsonType> ALL = Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(INTEGER)));

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The types that {@code type} and {@code nullable} name, or those that the other keywords speak of. */
    static Set<JsonType> of(JsonNode schema) {
        JsonNode type = schema.get("type");
        if (type == null) {
            return schema.has("enum") || schema.has("const") ? ALL : Keywords.impliedTypes(schema);
        }
        Set<JsonType> types = EnumSet.noneOf(JsonType.class);
        if (type.isString()) {
            types.add(valueOf(type.asString().toUpperCase(Locale.ROOT)));
        }
        for (JsonNode one : type) {
            types.add(valueOf(one.asString().toUpperCase(Locale.ROOT)));
        }
        if (types.contains(NUMBER)) {
            types.remove(INTEGER);
        }
        if (schema.path("nullable").asBoolean(false)) {
            types.add(NULL);
        }
        return types;
    }

    /** Whether a value is of this type. */
    boolean holds(JsonNode value) {
        return switch (this) {
            case OBJECT -> value.isObject();
            case ARRAY -> value.isArray();
            case STRING -> value.isString();
            case INTEGER -> value.isNumber() && isWhole(value.decimalValue());
            case NUMBER -> value.isNumber();
            case BOOLEAN -> value.isBoolean();
            case NULL -> value.isNull();
        };
    }

    private static boolean isWhole(BigDecimal value) {
        return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
    }
}
