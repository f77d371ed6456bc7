package dev.rbees.worker.template;

import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.template.Values.Callable;

/** The methods of texts, as in Python. */
final class TextMethods {

    private TextMethods() {}

    static @Nullable Callable find(String text, String name) {
        return switch (name) {
            case "strip" -> passed -> PythonText.strip(text, characters(passed), true, true);
            case "lstrip" -> passed -> PythonText.strip(text, characters(passed), true, false);
            case "rstrip" -> passed -> PythonText.strip(text, characters(passed), false, true);
            case "startswith" -> passed -> any(passed, text::startsWith);
            case "endswith" -> passed -> any(passed, text::endsWith);
            case "removeprefix" -> passed -> text.startsWith(passed.text(0, "prefix"))
                    ? text.substring(passed.text(0, "prefix").length())
                    : text;
            case "removesuffix" -> passed -> text.endsWith(passed.text(0, "suffix"))
                    ? text.substring(0, text.length() - passed.text(0, "suffix").length())
                    : text;
            case "upper" -> _ -> text.toUpperCase(Locale.ROOT);
            case "lower" -> _ -> text.toLowerCase(Locale.ROOT);
            case "title" -> _ -> PythonText.title(text);
            case "capitalize" -> _ -> PythonText.capitalize(text);
            case "split" -> passed -> Splitting.split(text, passed);
            case "rsplit" -> passed -> Splitting.splitFromEnd(text, passed);
            case "splitlines" -> _ -> Splitting.lines(text);
            case "partition" -> passed -> Splitting.partition(text, passed.text(0, "sep"), false);
            case "rpartition" -> passed -> Splitting.partition(text, passed.text(0, "sep"), true);
            case "replace" -> passed -> replace(text, passed.text(0, "old"), passed.text(1, "new"),
                    passed.integer(2, "count", -1));
            case "find" -> passed -> place(text, text.indexOf(passed.text(0, "sub")));
            case "rfind" -> passed -> place(text, text.lastIndexOf(passed.text(0, "sub")));
            case "count" -> passed -> occurrences(text, passed.text(0, "sub"));
            case "join" -> passed -> join(text, Values.items(passed.required(0, "iterable")), true);
            case "format" -> passed -> FormatText.format(text, passed);
            case "isdigit" -> _ -> all(text, Character::isDigit);
            case "isalpha" -> _ -> all(text, Character::isLetter);
            case "isalnum" -> _ -> all(text, Character::isLetterOrDigit);
            case "isspace" -> _ -> all(text, PythonText::isSpace);
            case "isupper" -> _ -> cased(text) && text.equals(text.toUpperCase(Locale.ROOT));
            case "islower" -> _ -> cased(text) && text.equals(text.toLowerCase(Locale.ROOT));
            default -> null;
        };
    }

    private static @Nullable String characters(Passed passed) {
        return passed.value(0, "chars", null) == null ? null : passed.text(0, "chars");
    }

    /** One text, or a list of texts of which one is enough. */
    private static boolean any(Passed passed, Predicate<String> test) {
        if (passed.required(0, "prefix") instanceof Tuple several) {
            return several.stream().anyMatch(text -> test.test(Values.string(text, "an argument")));
        }
        return test.test(passed.text(0, "prefix"));
    }

    private static boolean all(String text, IntPredicate test) {
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    private static boolean cased(String text) {
        return !text.toUpperCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT));
    }

    private static long place(String text, int index) {
        return index < 0 ? -1 : text.codePointCount(0, index);
    }

    private static long occurrences(String text, String part) {
        if (part.isEmpty()) {
            return text.codePointCount(0, text.length()) + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** The items with the separator between them; strict when other things than texts are an error. */
    static String join(String separator, List<@Nullable Object> items, boolean strict) {
        StringBuilder joined = new StringBuilder();
        String between = "";
        for (Object item : items) {
            joined.append(between).append(strict ? Values.string(item, "what is joined") : Values.text(item));
            TemplateLimits.requireText(joined.length());
            between = separator;
        }
        return joined.toString();
    }

    /** @param count how many at most, negative for all */
    static String replace(String text, String old, String replacement, long count) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        long done = 0;
        int at = text.indexOf(old);
        while (at >= 0 && done != count && at <= text.length()) {
            out.append(text, from, at).append(replacement);
            TemplateLimits.requireText(out.length());
            from = at + old.length();
            done++;
            if (old.isEmpty() && from == text.length()) {
                break;
            }
            at = old.isEmpty() ? text.offsetByCodePoints(from, 1) : text.indexOf(old, from);
        }
        return out.append(text, from, text.length()).toString();
    }
}
