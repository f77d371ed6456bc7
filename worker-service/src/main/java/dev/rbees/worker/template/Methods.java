package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.template.Values.Callable;

/** The methods of texts and mappings that templates call. Values of Java have no methods here, whatever their class. */
final class Methods {

    private Methods() {}

    /** The method of that name, bound to its value, or null when it has none. */
    static @Nullable Callable find(@Nullable Object target, String name) {
        return switch (target) {
            case String text -> ofText(text, name);
            case Namespace _ -> null;
            case Map<?, ?> map -> ofMapping(map, name);
            case null, default -> null;
        };
    }

    private static @Nullable Callable ofText(String text, String name) {
        return switch (name) {
            case "strip" -> (args, _) -> strip(text, args, true, true);
            case "lstrip" -> (args, _) -> strip(text, args, true, false);
            case "rstrip" -> (args, _) -> strip(text, args, false, true);
            case "startswith" -> (args, _) -> any(args, text::startsWith);
            case "endswith" -> (args, _) -> any(args, text::endsWith);
            case "upper" -> (_, _) -> text.toUpperCase(Locale.ROOT);
            case "lower" -> (_, _) -> text.toLowerCase(Locale.ROOT);
            case "title" -> (_, _) -> title(text);
            case "capitalize" -> (_, _) -> capitalize(text);
            case "split" -> (args, _) -> split(text, args);
            case "replace" -> (args, _) -> replace(text, argument(args, 0), argument(args, 1));
            case "find" -> (args, _) -> (long) text.indexOf(argument(args, 0));
            case "join" -> (args, _) -> join(text, args.isEmpty() ? null : args.getFirst());
            default -> null;
        };
    }

    /** The items as texts, with the separator between them. */
    static String join(String separator, @Nullable Object items) {
        StringBuilder joined = new StringBuilder();
        String between = "";
        for (Object item : Values.items(items)) {
            joined.append(between).append(Values.text(item));
            Limits.requireText(joined.length());
            between = separator;
        }
        return joined.toString();
    }

    private static @Nullable Callable ofMapping(Map<?, ?> map, String name) {
        return switch (name) {
            case "items" -> (_, _) -> pairs(map);
            case "keys" -> (_, _) -> new ArrayList<@Nullable Object>(map.keySet());
            case "values" -> (_, _) -> new ArrayList<@Nullable Object>(map.values());
            case "get" -> (args, _) -> {
                Object key = args.isEmpty() ? null : args.getFirst();
                return map.containsKey(key) ? map.get(key) : args.size() > 1 ? args.get(1) : null;
            };
            default -> null;
        };
    }

    /** A mapping as a list of [key, value]. */
    static List<@Nullable Object> pairs(Map<?, ?> map) {
        List<@Nullable Object> pairs = new ArrayList<>();
        map.forEach((key, value) -> {
            List<@Nullable Object> pair = new ArrayList<>();
            pair.add(key);
            pair.add(value);
            pairs.add(pair);
        });
        return pairs;
    }

    private static String argument(List<@Nullable Object> args, int index) {
        if (index >= args.size()) {
            throw new TemplateException("an argument is missing");
        }
        return Values.string(args.get(index), "an argument");
    }

    /** One text, or a list of texts of which one is enough. */
    private static boolean any(List<@Nullable Object> args, Predicate<String> test) {
        if (!args.isEmpty() && args.getFirst() instanceof List<?> several) {
            return several.stream().anyMatch(text -> test.test(Values.string(text, "an argument")));
        }
        return test.test(argument(args, 0));
    }

    private static String strip(String text, List<@Nullable Object> args, boolean left, boolean right) {
        String characters = args.isEmpty() || args.getFirst() == null ? null : argument(args, 0);
        int start = 0;
        int end = text.length();
        while (left && start < end && strippable(text.charAt(start), characters)) {
            start++;
        }
        while (right && end > start && strippable(text.charAt(end - 1), characters)) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean strippable(char c, @Nullable String characters) {
        return characters == null ? Character.isWhitespace(c) || c == '\u00A0' : characters.indexOf(c) >= 0;
    }

    /** The text without white space at its ends. */
    static String trim(String text) {
        return strip(text, List.of(), true, true);
    }

    static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            title.append(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
            inWord = Character.isLetter(c);
        }
        return title.toString();
    }

    static String capitalize(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1).toLowerCase(Locale.ROOT);
    }

    static String replace(String text, String old, String replacement) {
        long growth = (long) replacement.length() * (old.isEmpty() ? text.length() + 1L : text.length() / old.length());
        Limits.requireText(growth);
        return text.replace(old, replacement);
    }

    private static List<@Nullable Object> split(String text, List<@Nullable Object> args) {
        int limit = args.size() > 1 ? Math.clamp(Values.integer(args.get(1), "the number of splits"), -1, 1 << 20)
                : -1;
        List<@Nullable Object> parts = new ArrayList<>();
        if (args.isEmpty() || args.getFirst() == null) {
            String trimmed = trim(text);
            if (!trimmed.isEmpty()) {
                parts.addAll(List.of(trimmed.split("\\s+", limit < 0 ? 0 : limit + 1)));
            }
            return parts;
        }
        String separator = argument(args, 0);
        if (separator.isEmpty()) {
            throw new TemplateException("a text cannot be split at nothing");
        }
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && (limit < 0 || parts.size() < limit); at = text.indexOf(separator,
                from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }
}
