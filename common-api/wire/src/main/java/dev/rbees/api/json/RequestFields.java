package dev.rbees.api.json;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.FieldError;
import dev.rbees.api.error.RbeesException;

/**
 * Reads the fields of a JSON object that somebody sent and collects every problem, so that a client hears of all of them
 * at once. A getter gives its default where the field is absent, null or wrong; {@link #finish()} then refuses.
 */
public final class RequestFields {

    private final JsonNode object;
    private final String prefix;
    private final Problems problems;
    private final Set<String> known = new TreeSet<>();

    private RequestFields(JsonNode object, String prefix, Problems problems) {
        this.object = object;
        this.prefix = prefix;
        this.problems = problems;
    }

    /** @throws RbeesException INVALID_REQUEST when the body is no JSON object */
    public static RequestFields of(byte[] body) {
        return of(Json.readTree(body));
    }

    /** @throws RbeesException INVALID_REQUEST when the body is no JSON object */
    public static RequestFields of(JsonNode body) {
        if (!body.isObject()) {
            throw RbeesException.invalid("", "object", "the body must be a JSON object");
        }
        return new RequestFields(body, "", new Problems());
    }

    /** The fields of an object inside this one, reporting to the same list of problems. */
    public RequestFields nested(JsonNode inner, String path) {
        return new RequestFields(inner, path + ".", problems);
    }

    public boolean has(String name) {
        known.add(name);
        JsonNode value = object.get(name);
        return value != null && !value.isNull();
    }

    /** The raw value, or null when absent. */
    public @Nullable JsonNode value(String name) {
        return has(name) ? object.get(name) : null;
    }

    /** Says that the field exists, although it is not read here. */
    public void accept(String... names) {
        known.addAll(List.of(names));
    }

    public @Nullable String text(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            reject(name, "string", name + " must be a string");
            return null;
        }
        return Texts.check(this, name, value.asString());
    }

    public @Nullable String requiredText(String name) {
        if (!has(name)) {
            reject(name, "required", name + " is required");
            return null;
        }
        String text = text(name);
        if (text != null && text.isEmpty()) {
            reject(name, "non_empty", name + " must not be empty");
            return null;
        }
        return text;
    }

    public @Nullable Long integer(String name, long min, long max) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber() || !isWhole(value)) {
            reject(name, "integer", name + " must be a whole number");
            return null;
        }
        BigInteger number = value.bigIntegerValue();
        if (number.compareTo(BigInteger.valueOf(min)) < 0) {
            reject(name, range(min, max), "%s must be at least %d (got %s)".formatted(name, min, Texts.brief(number)));
            return null;
        }
        if (number.compareTo(BigInteger.valueOf(max)) > 0) {
            reject(name, range(min, max), "%s must be at most %d (got %s)".formatted(name, max, Texts.brief(number)));
            return null;
        }
        return number.longValueExact();
    }

    public int integer(String name, int min, int max, int absent) {
        Long value = integer(name, (long) min, max);
        return value == null ? absent : value.intValue();
    }

    public double number(String name, double min, double max, double absent) {
        JsonNode value = value(name);
        if (value == null) {
            return absent;
        }
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            reject(name, "number", name + " must be a number");
            return absent;
        }
        double number = value.asDouble();
        if (number < min) {
            reject(name, range(min, max), "%s must be at least %s (got %s)".formatted(name, min, number));
            return absent;
        }
        if (number > max) {
            reject(name, range(min, max), "%s must be at most %s (got %s)".formatted(name, max, number));
            return absent;
        }
        return number;
    }

    public boolean flag(String name, boolean absent) {
        JsonNode value = value(name);
        if (value == null) {
            return absent;
        }
        if (!value.isBoolean()) {
            reject(name, "boolean", name + " must be true or false");
            return absent;
        }
        return value.asBoolean();
    }

    /** One of the enum's constants, written in lower case. */
    public <E extends Enum<E>> E choice(String name, Class<E> type, E absent) {
        String text = text(name);
        if (text == null) {
            return absent;
        }
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(lowerCase(constant));
            if (lowerCase(constant).equals(text)) {
                return constant;
            }
        }
        reject(name, "one_of(" + String.join(",", names) + ")", name + " must be one of " + String.join(", ", names));
        return absent;
    }

    /** One string or an array of strings. */
    public List<String> texts(String name, int maxCount, int maxLength) {
        JsonNode value = value(name);
        if (value == null) {
            return List.of();
        }
        if (value.isString()) {
            return checkedTexts(name, List.of(value), maxCount, maxLength);
        }
        if (!value.isArray()) {
            reject(name, "array_of_strings", name + " must be a string or an array of strings");
            return List.of();
        }
        List<JsonNode> items = new ArrayList<>();
        value.forEach(items::add);
        return checkedTexts(name, items, maxCount, maxLength);
    }

    private List<String> checkedTexts(String name, List<JsonNode> items, int maxCount, int maxLength) {
        if (items.size() > maxCount) {
            reject(name, "max_count(" + maxCount + ")",
                    "%s must have at most %d sequences (got %d)".formatted(name, maxCount, items.size()));
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            String field = name + "[" + i + "]";
            JsonNode item = items.get(i);
            if (!item.isString()) {
                reject(field, "string", field + " must be a string");
            } else if (item.asString().isEmpty()) {
                reject(field, "non_empty", "%s sequence %d must not be empty".formatted(name, i));
            } else if (item.asString().length() > maxLength) {
                reject(field, "max_length(" + maxLength + ")", "%s sequence %d must be at most %d characters (got %d)"
                        .formatted(name, i, maxLength, item.asString().length()));
            } else {
                String text = Texts.check(this, field, item.asString());
                if (text != null) {
                    texts.add(text);
                }
            }
        }
        return List.copyOf(texts);
    }

    /** Adds a problem. The field's name is the path from the body's root. */
    public void reject(String field, String constraint, String message) {
        if (problems.another()) {
            problems.add(new FieldError(prefix + field, constraint, prefix.isEmpty() ? message : prefix + message));
        }
    }

    /** Adds a problem for each field that was never asked for, of which the first few are told. */
    public void rejectUnknown() {
        for (String name : object.propertyNames()) {
            if (!known.contains(name) && problems.another()) {
                String shown = Texts.brief(name);
                String message = "unknown field '" + shown + "'" + problems.suggestion(name, known);
                problems.add(new FieldError(prefix + shown, "known_field", prefix.isEmpty() ? message : prefix + message));
            }
        }
    }

    /** @throws RbeesException INVALID_REQUEST with every problem so far */
    public void finish() {
        problems.refuse();
    }

    private static boolean isWhole(JsonNode value) {
        double number = value.asDouble();
        return value.isIntegralNumber() || (number == Math.rint(number) && Math.abs(number) < 1e15);
    }

    private static String range(Object min, Object max) {
        return "range(" + min + "..=" + max + ")";
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT);
    }
}
