package dev.rbees.worker.tokenizer;

import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Rewrites a text before it is cut into words. */
interface Normalizer {

    Normalizer NONE = text -> text;

    String normalize(String text);

    static Normalizer sequence(List<Normalizer> normalizers) {
        return normalizers.stream().reduce(NONE, (before, next) -> text -> next.normalize(before.normalize(text)));
    }

    /** One of Unicode's four forms. */
    static Normalizer form(java.text.Normalizer.Form form) {
        return text -> java.text.Normalizer.normalize(text, form);
    }

    /** Leaves characters of a kind out. */
    static Normalizer without(IntPredicate kind) {
        return text -> text.codePoints().noneMatch(kind)
                ? text
                : text.codePoints().filter(c -> !kind.test(c))
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** why: character by character, for a Greek sigma at the end of a word stays the ordinary one. */
    static Normalizer lowercase() {
        return text -> {
            StringBuilder lower = new StringBuilder(text.length());
            text.codePoints().forEach(c -> {
                if (c < 0x80) {
                    lower.append((char) Character.toLowerCase(c));
                } else {
                    lower.append(Character.toString(c).toLowerCase(Locale.ROOT));
                }
            });
            return lower.toString();
        };
    }

    /** Drops blanks at the ends. */
    static Normalizer strip(boolean left, boolean right) {
        return text -> {
            int from = 0;
            int to = text.length();
            while (left && from < to && Characters.isBlank(text.charAt(from))) {
                from++;
            }
            while (right && to > from && Characters.isBlank(text.charAt(to - 1))) {
                to--;
            }
            return text.substring(from, to);
        };
    }
}
