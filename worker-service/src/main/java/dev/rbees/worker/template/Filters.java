package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/** The filters of templates: {@code value|filter}. */
final class Filters {

    private Filters() {}

    static @Nullable Object apply(String name, @Nullable Object value, List<@Nullable Object> args,
            Map<String, @Nullable Object> named) {
        return switch (name) {
            case "trim" -> Methods.trim(Values.text(value));
            case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
            case "title" -> Methods.title(Values.text(value));
            case "capitalize" -> Methods.capitalize(Values.text(value));
            case "string" -> Values.text(value);
            case "safe" -> value;
            case "length", "count" -> length(value);
            case "default", "d" -> otherwise(value, args, named);
            case "tojson" -> JsonText.write(value, indent(args, named));
            case "join" -> Methods.join(Values.text(args.isEmpty() ? named.getOrDefault("d", "") : args.getFirst()), value);
            case "first" -> edge(value, true);
            case "last" -> edge(value, false);
            case "list" -> Values.items(value);
            case "items" -> value instanceof Map<?, ?> map ? Methods.pairs(map) : Values.items(value);
            case "dictsort" -> value instanceof Map<?, ?> map ? Methods.pairs(new TreeMap<>(map)) : Values.items(value);
            case "reverse" -> value instanceof String text
                    ? new StringBuilder(text).reverse().toString()
                    : Values.items(value).reversed();
            case "sort" -> Values.items(value).stream().sorted(Comparator.comparing(item -> item, Values::order)).toList();
            case "unique" -> unique(value);
            case "replace" -> Methods.replace(Values.text(value), text(args, 0), text(args, 1));
            case "indent" -> indented(Values.text(value), args, named);
            case "int" -> toInteger(value);
            case "float" -> toDecimal(value);
            case "abs" -> value instanceof Long l ? (Object) Math.abs(l) : (Object) Math.abs(toDecimal(value));
            case "round" -> (double) Math.round(toDecimal(value));
            case "map" -> mapped(value, args, named);
            case "select", "reject", "selectattr", "rejectattr" -> selected(name, value, args);
            default -> throw new TemplateException("the filter '" + name + "' is not supported");
        };
    }

    private static String text(List<@Nullable Object> args, int index) {
        if (index >= args.size()) {
            throw new TemplateException("a filter's argument is missing");
        }
        return Values.text(args.get(index));
    }

    private static long length(@Nullable Object value) {
        return switch (value) {
            case String s -> s.codePointCount(0, s.length());
            case Map<?, ?> m -> m.size();
            case null, default -> Values.items(value).size();
        };
    }

    private static @Nullable Object otherwise(@Nullable Object value, List<@Nullable Object> args,
            Map<String, @Nullable Object> named) {
        Object absent = !args.isEmpty() ? args.getFirst() : named.getOrDefault("default_value", "");
        boolean falseToo = Values.truth(args.size() > 1 ? args.get(1) : named.get("boolean"));
        return value instanceof Undefined || (falseToo && !Values.truth(value)) ? absent : value;
    }

    private static int indent(List<@Nullable Object> args, Map<String, @Nullable Object> named) {
        Object indent = !args.isEmpty() ? args.getFirst() : named.get("indent");
        return indent == null ? -1 : Math.clamp(Values.integer(indent, "an indent"), 0, 16);
    }

    private static @Nullable Object edge(@Nullable Object value, boolean first) {
        List<@Nullable Object> items = Values.items(value);
        if (items.isEmpty()) {
            return Undefined.UNDEFINED;
        }
        return first ? items.getFirst() : items.getLast();
    }

    private static List<@Nullable Object> unique(@Nullable Object value) {
        List<@Nullable Object> unique = new ArrayList<>();
        for (Object item : Values.items(value)) {
            if (!Values.contains(unique, item)) {
                unique.add(item);
            }
        }
        return unique;
    }

    private static String indented(String text, List<@Nullable Object> args, Map<String, @Nullable Object> named) {
        Object width = !args.isEmpty() ? args.getFirst() : named.getOrDefault("width", 4L);
        boolean first = Values.truth(args.size() > 1 ? args.get(1) : named.get("first"));
        String blanks = " ".repeat(Math.clamp(Values.integer(width, "an indent"), 0, 64));
        String[] lines = text.split("\n", -1);
        for (int i = first ? 0 : 1; i < lines.length; i++) {
            lines[i] = lines[i].isEmpty() ? "" : blanks + lines[i];
        }
        return String.join("\n", lines);
    }

    private static long toInteger(@Nullable Object value) {
        return switch (value) {
            case Number n -> n.longValue();
            case String s -> parsed(s).longValue();
            case null, default -> 0;
        };
    }

    private static double toDecimal(@Nullable Object value) {
        return switch (value) {
            case Number n -> n.doubleValue();
            case String s -> parsed(s).doubleValue();
            case null, default -> 0;
        };
    }

    private static Number parsed(String text) {
        try {
            return Double.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static List<@Nullable Object> mapped(@Nullable Object value, List<@Nullable Object> args,
            Map<String, @Nullable Object> named) {
        List<@Nullable Object> results = new ArrayList<>();
        for (Object item : Values.items(value)) {
            Object attribute = named.get("attribute");
            if (attribute instanceof String name) {
                results.add(Operators.member(item, name, false));
            } else if (args.equals(List.of("trim"))) {
                results.add(Methods.trim(Values.text(item)));
            } else if (args.equals(List.of("string"))) {
                results.add(Values.text(item));
            } else {
                throw new TemplateException("the filter 'map' is supported with attribute=…, 'trim' and 'string'");
            }
        }
        return results;
    }

    /** {@code select(test, argument)} and {@code selectattr(name, test, argument)}; reject keeps the others. */
    private static List<@Nullable Object> selected(String filter, @Nullable Object value, List<@Nullable Object> args) {
        boolean byAttribute = filter.endsWith("attr");
        boolean keep = filter.startsWith("select");
        List<@Nullable Object> rest = byAttribute && !args.isEmpty() ? args.subList(1, args.size()) : args;
        List<@Nullable Object> chosen = new ArrayList<>();
        for (Object item : Values.items(value)) {
            Object tested = byAttribute ? Operators.member(item, text(args, 0), false) : item;
            boolean holds = rest.isEmpty()
                    ? Values.truth(tested)
                    : Conditions.holds(Values.text(rest.getFirst()), tested, rest.subList(1, rest.size()));
            if (holds == keep) {
                chosen.add(item);
            }
        }
        return chosen;
    }
}
