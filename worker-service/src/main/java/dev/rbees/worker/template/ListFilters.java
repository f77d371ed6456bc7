package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The filters that work on the items of a value. */
final class ListFilters {

    private final TemplateLimits limits;
    private final Comparisons comparisons;
    private final Operators operators;
    private final Conditions conditions;
    private final Filters filters;

    ListFilters(TemplateLimits limits, Filters filters) {
        this.limits = limits;
        this.comparisons = new Comparisons(limits);
        this.operators = new Operators(limits);
        this.conditions = new Conditions(limits);
        this.filters = filters;
    }

    @Nullable
    Object apply(String name, @Nullable Object value, Passed passed) {
        return switch (name) {
            case "join" -> join(value, passed);
            case "first" -> edge(value, true);
            case "last" -> edge(value, false);
            case "list" -> Values.items(value);
            case "items" -> items(value);
            case "dictsort" -> dictionarySorted(value, passed);
            case "reverse" -> value instanceof String text
                    ? new StringBuilder(text).reverse().toString()
                    : new Once(Values.items(value).reversed());
            case "sort" -> sorted(Values.items(value), passed.value(2, "attribute", null), passed.truth(1, "case_sensitive",
                    false), passed.truth(0, "reverse", false));
            case "min" -> extreme(value, passed, false);
            case "max" -> extreme(value, passed, true);
            case "sum" -> sum(value, passed);
            case "unique" -> unique(value, passed);
            case "map" -> mapped(value, passed);
            case "select" -> selected(value, passed, false, true);
            case "reject" -> selected(value, passed, false, false);
            case "selectattr" -> selected(value, passed, true, true);
            case "rejectattr" -> selected(value, passed, true, false);
            default -> throw new TemplateException("the filter '" + name + "' is not supported");
        };
    }

    private String join(@Nullable Object value, Passed passed) {
        Object attribute = passed.value(1, "attribute", null);
        List<@Nullable Object> items = new ArrayList<>();
        for (Object item : Values.items(value)) {
            items.add(attribute(item, attribute));
        }
        return TextMethods.join(Values.text(passed.value(0, "d", "")), items, false);
    }

    private static @Nullable Object edge(@Nullable Object value, boolean first) {
        List<@Nullable Object> items = Values.items(value);
        if (items.isEmpty()) {
            return Undefined.UNDEFINED;
        }
        return first ? items.getFirst() : items.getLast();
    }

    private static Object items(@Nullable Object value) {
        return switch (value) {
            case Undefined _ -> new Once(List.of());
            case Namespace _ -> throw new TemplateException("'items' does not work on a namespace");
            case Map<?, ?> map -> new Once(Methods.pairs(map));
            case null, default -> throw new TemplateException("'items' does not work on " + Values.kind(value));
        };
    }

    private Object dictionarySorted(@Nullable Object value, Passed passed) {
        if (!(value instanceof Map<?, ?> map) || value instanceof Namespace) {
            throw new TemplateException("'dictsort' does not work on " + Values.kind(value));
        }
        long part = switch (Values.text(passed.value(1, "by", "key"))) {
            case "key" -> 0;
            case "value" -> 1;
            default -> throw new TemplateException("'dictsort' sorts by key or by value");
        };
        return sorted(Methods.pairs(map), part, passed.truth(0, "case_sensitive", false), passed.truth(2, "reverse", false));
    }

    private List<@Nullable Object> sorted(List<@Nullable Object> items, @Nullable Object attribute, boolean caseSensitive,
            boolean reverse) {
        Comparator<@Nullable Object> order = (a, b) -> comparisons.order(key(a, attribute, caseSensitive),
                key(b, attribute, caseSensitive));
        List<@Nullable Object> sorted = new ArrayList<>(items);
        sorted.sort(reverse ? order.reversed() : order);
        return sorted;
    }

    private @Nullable Object key(@Nullable Object item, @Nullable Object attribute, boolean caseSensitive) {
        Object key = attribute(item, attribute);
        limits.look(key);
        return key instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : key;
    }

    /** The item's member; a text with dots goes deeper; none means the item itself. */
    private @Nullable Object attribute(@Nullable Object item, @Nullable Object attribute) {
        limits.lookAtItem();
        if (!(attribute instanceof String path)) {
            return attribute == null ? item : operators.member(item, attribute, false);
        }
        Object value = item;
        for (String name : path.split("\\.", 16)) {
            boolean number = name.length() < 10 && name.matches("\\d+");
            value = operators.member(value, number ? (Object) Long.valueOf(name) : name, false);
        }
        return value;
    }

    private @Nullable Object extreme(@Nullable Object value, Passed passed, boolean largest) {
        List<@Nullable Object> sorted = sorted(Values.items(value), passed.value(1, "attribute", null),
                passed.truth(0, "case_sensitive", false), largest);
        return edge(sorted, true);
    }

    private @Nullable Object sum(@Nullable Object value, Passed passed) {
        Object sum = passed.value(1, "start", 0L);
        for (Object item : Values.items(value)) {
            sum = Arithmetic.apply("+", sum, attribute(item, passed.value(0, "attribute", null)));
        }
        return sum;
    }

    private Object unique(@Nullable Object value, Passed passed) {
        List<@Nullable Object> seen = new ArrayList<>();
        List<@Nullable Object> unique = new ArrayList<>();
        for (Object item : Values.items(value)) {
            Object key = key(item, passed.value(1, "attribute", null), passed.truth(0, "case_sensitive", false));
            if (!comparisons.contains(seen, key)) {
                seen.add(key);
                unique.add(item);
            }
        }
        return new Once(unique);
    }

    /** why: these filters do not look at what counts as false, so that none has no items instead of being an error. */
    private static List<@Nullable Object> itemsOrNone(@Nullable Object value) {
        return Values.truth(value) ? Values.items(value) : List.of();
    }

    /** {@code map(attribute=…)}, or {@code map(filter, arguments…)}. */
    private Object mapped(@Nullable Object value, Passed passed) {
        List<@Nullable Object> results = new ArrayList<>();
        boolean byAttribute = passed.positional().isEmpty();
        Object attribute = byAttribute ? passed.required(0, "attribute") : null;
        for (Object item : itemsOrNone(value)) {
            limits.step();
            if (byAttribute) {
                Object found = attribute(item, attribute);
                results.add(found instanceof Undefined ? passed.value(1, "default", found) : found);
            } else {
                limits.look(item);
                results.add(limits.checked(filters.apply(passed.text(0, "filter"), item, passed.after(1))));
            }
        }
        return new Once(results);
    }

    /** {@code select(test, argument)} and, by attribute, {@code selectattr(name, test, argument)}. */
    private Object selected(@Nullable Object value, Passed passed, boolean byAttribute, boolean keep) {
        Object attribute = byAttribute ? passed.required(0, "attribute") : null;
        Passed test = passed.after(byAttribute ? 1 : 0);
        List<@Nullable Object> chosen = new ArrayList<>();
        for (Object item : itemsOrNone(value)) {
            limits.step();
            Object tested = attribute(item, attribute);
            boolean holds = test.positional().isEmpty()
                    ? Values.truth(tested)
                    : conditions.holds(test.text(0, "test"), tested, test.after(1));
            if (holds == keep) {
                chosen.add(item);
            }
        }
        return new Once(chosen);
    }
}
