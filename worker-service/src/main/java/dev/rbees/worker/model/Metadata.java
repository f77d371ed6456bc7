package dev.rbees.worker.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;

/** The key-value pairs of a GGUF file: numbers are Long or Double, texts String, arrays List. */
public final class Metadata {

    private static final int MAX_PAIRS = 65_536;
    private static final int MAX_KEY = 65_535;
    private static final int MAX_STRING = 16 * 1024 * 1024;
    private static final long DEFAULT_ALIGNMENT = 32;

    private final Map<String, Object> values;

    Metadata(Map<String, Object> values) {
        this.values = values;
    }

    static Metadata read(GgufCursor cursor) {
        int count = (int) cursor.count("metadata entries", 13, MAX_PAIRS);
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = cursor.string("a metadata key", MAX_KEY);
            if (values.put(key, readValue(cursor, cursor.i32(), key)) != null) {
                throw GgufCursor.broken("the metadata key " + key + " appears twice");
            }
        }
        return new Metadata(values);
    }

    private static Object readValue(GgufCursor cursor, int type, String key) {
        return type == 9 ? readArray(cursor, key) : readScalar(cursor, type, key);
    }

    private static Object readScalar(GgufCursor cursor, int type, String key) {
        return switch (type) {
            case 0 -> (long) cursor.u8();
            case 1 -> (long) (byte) cursor.u8();
            case 2 -> (long) cursor.u16();
            case 3 -> (long) (short) cursor.u16();
            case 4 -> Integer.toUnsignedLong(cursor.i32());
            case 5 -> (long) cursor.i32();
            case 6 -> (double) Float.intBitsToFloat(cursor.i32());
            case 7 -> cursor.u8() != 0;
            case 8 -> cursor.string("the value of " + key, MAX_STRING);
            case 10, 11 -> cursor.i64();
            case 12 -> Double.longBitsToDouble(cursor.i64());
            default -> throw GgufCursor.broken("the value of " + key + " has the unknown type "
                    + Integer.toUnsignedString(type));
        };
    }

    private static List<Object> readArray(GgufCursor cursor, String key) {
        int type = cursor.i32();
        long smallest = switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 8, 10, 11, 12 -> 8;
            default -> throw GgufCursor.broken("the array " + key + " has elements of the unknown type "
                    + Integer.toUnsignedString(type));
        };
        int count = cursor.elements(key, smallest);
        List<Object> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(readScalar(cursor, type, key));
        }
        return elements;
    }

    /** Where tensors may begin: multiples of this. */
    long alignment() {
        long alignment = integer("general.alignment").orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > 65_536 || Long.bitCount(alignment) != 1) {
            throw GgufCursor.broken("its alignment of " + alignment + " is no power of two up to 65536");
        }
        return alignment;
    }

    public Optional<String> text(String key) {
        return value(key, String.class);
    }

    public Optional<Long> integer(String key) {
        return value(key, Long.class);
    }

    public Optional<Boolean> flag(String key) {
        return value(key, Boolean.class);
    }

    /** A number that may be written with or without a fraction. */
    public Optional<Double> number(String key) {
        return value(key, Number.class).map(Number::doubleValue);
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when it is missing */
    public String requireText(String key) {
        return text(key).orElseThrow(() -> missing(key));
    }

    /**
     * A whole number in a range.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when it is missing or out of range
     */
    public int requireInteger(String key, int min, int max) {
        long value = integer(key).orElseThrow(() -> missing(key));
        if (value < min || value > max) {
            throw GgufCursor.broken("its " + key + " is " + value + ", not between " + min + " and " + max);
        }
        return (int) value;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when it is missing or has other elements */
    public List<String> requireTexts(String key) {
        return elements(key, String.class).orElseThrow(() -> missing(key));
    }

    public Optional<List<Long>> integers(String key) {
        return elements(key, Long.class);
    }

    /** A list of numbers that may be written with or without fractions. */
    public Optional<List<Double>> numbers(String key) {
        return elements(key, Number.class).map(list -> list.stream().map(Number::doubleValue).toList());
    }

    private <T> Optional<List<T>> elements(String key, Class<T> type) {
        return value(key, List.class).map(list -> {
            List<T> typed = new ArrayList<>(list.size());
            for (Object element : list) {
                if (!type.isInstance(element)) {
                    throw GgufCursor.broken("its " + key + " holds elements of another type");
                }
                typed.add(type.cast(element));
            }
            return typed;
        });
    }

    private <T> Optional<T> value(String key, Class<T> type) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw GgufCursor.broken("its " + key + " has another type than the format says");
        }
        return Optional.of(type.cast(value));
    }

    private static RbeesException missing(String key) {
        return ModelFault.of("the model file does not say its " + key);
    }
}
