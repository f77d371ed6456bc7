package dev.rbees.worker.template;

import org.jspecify.annotations.Nullable;

/**
 * A text that the filter {@code safe} has passed. A text that is added to it with {@code +} is escaped for HTML first, and
 * the sum is marked as well; in every other place it is a text like any other.
 */
record Marked(String text) {

    /** The text with what means something in HTML replaced. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&#34;").replace("'",
                "&#39;");
    }

    /** The value, or the text when it is a marked one. */
    static @Nullable Object unwrapped(@Nullable Object value) {
        return value instanceof Marked(String text) ? text : value;
    }
}
