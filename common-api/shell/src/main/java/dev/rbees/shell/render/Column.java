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
 * @param right whether it is aligned to the right, as numbers are
 */
public record Column<T>(String header, Function<T, ? extends @Nullable Object> value, boolean right) {

    /** What is shown where there is no value. */
    static final String NOTHING = "-";

    public static <T> Column<T> text(String header, Function<T, ? extends @Nullable Object> value) {
        return new Column<>(header, value, false);
    }

    public static <T> Column<T> number(String header, Function<T, ? extends @Nullable Object> value) {
        return new Column<>(header, value, true);
    }

    /** How long ago something was, such as {@code 3m ago}. */
    public static <T> Column<T> age(String header, Function<T, @Nullable Instant> time, InstantSource clock) {
        return text(header, row -> {
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
