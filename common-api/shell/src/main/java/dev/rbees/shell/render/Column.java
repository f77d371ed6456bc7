package dev.rbees.shell.render;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.rbees.cli.Printable;

/**
 * A column of a table.
 *
 * @param <T> what a row shows
 * @param header in capitals
 * @param value its text; null or empty is shown as a dash
 * @param shape how it is shown where a line is too short for all
 */
public record Column<T>(String header, Function<T, ? extends @Nullable Object> value, Shape shape) {

    /** What a column holds. */
    enum Shape {
        /** Its end may be cut. */
        TEXT,
        /** It is never cut, and aligned to the right. */
        NUMBER,
        /** It is never cut. */
        WORD,
        /** It goes on in the next line; only for the last column. */
        SENTENCE
    }

    /** What is shown where there is no value. */
    static final String NOTHING = "-";

    public static <T> Column<T> text(String header, Function<T, ? extends @Nullable Object> value) {
        return new Column<>(header, value, Shape.TEXT);
    }

    /** One of a few words, which says nothing when it is cut. */
    public static <T> Column<T> word(String header, Function<T, ? extends @Nullable Object> value) {
        return new Column<>(header, value, Shape.WORD);
    }

    /** The last column, when people are to read it to its end. */
    public static <T> Column<T> sentence(String header, Function<T, ? extends @Nullable Object> value) {
        return new Column<>(header, value, Shape.SENTENCE);
    }

    public static <T> Column<T> number(String header, Function<T, ? extends @Nullable Object> value) {
        return new Column<>(header, value, Shape.NUMBER);
    }

    /** How long ago something was, such as {@code 3m ago}. */
    public static <T> Column<T> age(String header, Function<T, @Nullable Instant> time, InstantSource clock) {
        return word(header, row -> {
            Instant then = time.apply(row);
            return then == null ? null : Amounts.age(Duration.between(then, clock.instant()));
        });
    }

    /** The text of a row, safe for a terminal. */
    String show(T row) {
        String text = Printable.line(Objects.toString(value.apply(row), ""));
        return text.isBlank() ? NOTHING : text;
    }
}
