package dev.rbees.api.json;

import org.jspecify.annotations.Nullable;

/** Rules for texts that come from outside. */
final class Texts {

    private static final int SHOWN = 40;

    private Texts() {}

    /** The text, or null (and a problem) when it holds a NUL or half of a surrogate pair. */
    static @Nullable String check(RequestFields fields, String name, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                fields.reject(name, "no_nul", name + " must not contain NUL characters");
                return null;
            }
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c) && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    fields.reject(name, "valid_unicode", name + " holds half of a surrogate pair");
                    return null;
                }
                i++;
            }
        }
        return text;
    }

    /** A value of somebody else's, short and harmless enough for a message. */
    static String brief(Object value) {
        String text = value.toString().replaceAll("[^\\p{Print}]", "?");
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
