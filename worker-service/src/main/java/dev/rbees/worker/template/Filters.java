package dev.rbees.worker.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The filters of templates: {@code value|filter}. */
final class Filters {

    private final ListFilters lists;

    Filters(TemplateLimits limits) {
        this.lists = new ListFilters(limits, this);
    }

    @Nullable
    Object apply(String name, @Nullable Object value, Passed passed) {
        return switch (name) {
            case "trim" -> PythonText.strip(Values.text(value), passed.value(0, "chars", null) == null
                    ? null
                    : passed.text(0, "chars"), true, true);
            case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
            case "title" -> PythonText.title(Values.text(value));
            case "capitalize" -> PythonText.capitalize(Values.text(value));
            case "string" -> Values.text(value);
            case "safe" -> new Marked(Values.text(value));
            case "escape", "e" -> new Marked(Marked.escaped(Values.text(value)));
            case "length", "count" -> length(value);
            case "default", "d" -> otherwise(value, passed);
            case "tojson" -> JsonText.write(value, passed);
            case "replace" -> TextMethods.replace(Values.text(value), Values.text(passed.required(0, "old")),
                    Values.text(passed.required(1, "new")), passed.integer(2, "count", -1));
            case "indent" -> {
                Values.requireDefined(value, "'indent'");
                yield indented(Values.text(value), passed);
            }
            case "int" -> NumberFilters.toInteger(value, passed);
            case "float" -> NumberFilters.toDecimal(value, passed);
            case "abs" -> NumberFilters.absolute(value);
            case "round" -> NumberFilters.rounded(value, passed);
            default -> lists.apply(name, value, passed);
        };
    }

    private static long length(@Nullable Object value) {
        return switch (value) {
            case String s -> s.codePointCount(0, s.length());
            case Once _ -> throw new TemplateException("what a filter gave has no length before 'list'");
            case Namespace _ -> throw new TemplateException("a namespace has no length");
            case Map<?, ?> m -> m.size();
            case List<?> l -> l.size();
            case null, default -> Values.items(value).size();
        };
    }

    private static @Nullable Object otherwise(@Nullable Object value, Passed passed) {
        boolean falseToo = passed.truth(1, "boolean", false);
        return value instanceof Undefined || (falseToo && !Values.truth(value)) ? passed.value(0, "default_value", "")
                : value;
    }

    private static String indented(String text, Passed passed) {
        String blanks = passed.value(0, "width", 4L) instanceof String given
                ? given
                : " ".repeat(Math.clamp(passed.integer(0, "width", 4), 0, 64));
        boolean blankToo = passed.truth(2, "blank", false);
        StringBuilder out = new StringBuilder(passed.truth(1, "first", false) ? blanks : "");
        boolean later = false;
        for (Object line : Splitting.lines(text + "\n")) {
            String shown = Values.text(line);
            if (later) {
                out.append('\n').append(blankToo || !shown.isEmpty() ? blanks : "");
            }
            out.append(shown);
            TemplateLimits.requireText(out.length());
            later = true;
        }
        return out.toString();
    }
}
