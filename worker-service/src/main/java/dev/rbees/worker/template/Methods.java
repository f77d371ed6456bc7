package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.template.Values.Callable;

/** The methods of texts, lists and mappings that templates call. Values of Java have no methods here, whatever their class. */
final class Methods {

    /** why: in Python these names mean a method that a template may not call, not an entry of the mapping. */
    private static final Set<String> FORBIDDEN = Set.of("clear", "copy", "fromkeys", "pop", "popitem", "setdefault",
            "update");

    private final TemplateLimits limits;
    private final Comparisons comparisons;

    Methods(TemplateLimits limits) {
        this.limits = limits;
        this.comparisons = new Comparisons(limits);
    }

    /** The method of that name, bound to its value; undefined when it may not be called, null when there is none. */
    @Nullable
    Object find(@Nullable Object target, String name) {
        return switch (target) {
            case String text -> counted(TextMethods.find(text, name), text);
            case Namespace _ -> null;
            case Map<?, ?> map -> FORBIDDEN.contains(name) ? Undefined.UNDEFINED : ofMapping(map, name);
            case Once _ -> null;
            case List<?> list -> counted(ofList(list, name), list);
            case null, default -> null;
        };
    }

    private @Nullable Callable counted(@Nullable Callable method, Object target) {
        return method == null ? null : passed -> {
            limits.look(target);
            return method.call(passed);
        };
    }

    private @Nullable Callable ofList(List<?> list, String name) {
        return switch (name) {
            case "count" -> passed -> list.stream().filter(item -> comparisons.equal(item, passed.required(0, "value")))
                    .count();
            case "index" -> passed -> {
                for (int i = 0; i < list.size(); i++) {
                    if (comparisons.equal(list.get(i), passed.required(0, "value"))) {
                        return (long) i;
                    }
                }
                throw new TemplateException("the item that 'index' looks for is not in the list");
            };
            default -> null;
        };
    }

    private static @Nullable Callable ofMapping(Map<?, ?> map, String name) {
        return switch (name) {
            case "items" -> _ -> pairs(map);
            case "keys" -> _ -> new ArrayList<@Nullable Object>(map.keySet());
            case "values" -> _ -> new ArrayList<@Nullable Object>(map.values());
            case "get" -> passed -> {
                Object key = passed.required(0, "key");
                return key != null && map.containsKey(key) ? map.get(key) : passed.value(1, "default", null);
            };
            default -> null;
        };
    }

    /** A mapping as a list of (key, value). */
    static List<@Nullable Object> pairs(Map<?, ?> map) {
        List<@Nullable Object> pairs = new ArrayList<>();
        map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return pairs;
    }
}
