package dev.rbees.worker.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.template.Values.Callable;

/** The functions that every template may call. */
final class Functions {

    private static final int MAX_RANGE = 100_000;
    private static final int MAX_TIME_FORMAT = 200;
    private static final int MAX_REASON = 500;
    /** What writing one part of a time costs, in the units of {@link TemplateLimits#work}. */
    private static final int COST_OF_TIME = 1000;
    private static final Map<String, String> TIME_PATTERNS = Map.ofEntries(Map.entry("d", "dd"), Map.entry("m", "MM"),
            Map.entry("Y", "yyyy"), Map.entry("y", "yy"), Map.entry("b", "MMM"), Map.entry("B", "MMMM"),
            Map.entry("a", "EEE"),
            Map.entry("A", "EEEE"), Map.entry("H", "HH"), Map.entry("I", "hh"), Map.entry("M", "mm"), Map.entry("S", "ss"),
            Map.entry("p", "a"), Map.entry("j", "DDD"), Map.entry("F", "yyyy-MM-dd"), Map.entry("T", "HH:mm:ss"),
            Map.entry("-d", "d"), Map.entry("-m", "M"), Map.entry("-H", "H"), Map.entry("-I", "h"), Map.entry("-M", "m"),
            Map.entry("-S", "s"), Map.entry("-j", "D"), Map.entry("e", "ppd"));

    private final TemplateLimits limits;
    private final Supplier<LocalDateTime> now;

    /** @param now the time that {@code strftime_now} writes */
    Functions(TemplateLimits limits, Supplier<LocalDateTime> now) {
        this.limits = limits;
        this.now = now;
    }

    void defineIn(Scope scope) {
        scope.set("raise_exception", (Callable) passed -> {
            String reason = Values.text(passed.value(0, "message", ""));
            throw TemplateException.raised(reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason);
        });
        scope.set("namespace", (Callable) passed -> {
            Namespace namespace = new Namespace();
            mapping(passed).forEach((name, value) -> namespace.put(Values.text(name), value));
            return namespace;
        });
        scope.set("dict", (Callable) Functions::mapping);
        scope.set("range", (Callable) Functions::range);
        scope.set("strftime_now", (Callable) this::time);
    }

    /** The entries of a mapping, if one is given, and then the named arguments. */
    private static Map<Object, @Nullable Object> mapping(Passed passed) {
        Map<Object, @Nullable Object> mapping = new LinkedHashMap<>();
        if (!passed.positional().isEmpty()) {
            if (!(passed.positional().getFirst() instanceof Map<?, ?> given) || passed.positional().size() > 1) {
                throw new TemplateException("a mapping is made of another one and of named values only");
            }
            given.forEach((key, value) -> mapping.put(key, value));
        }
        mapping.putAll(passed.named());
        return mapping;
    }

    private static List<@Nullable Object> range(Passed passed) {
        List<@Nullable Object> args = passed.positional();
        if (args.isEmpty() || args.size() > 3) {
            throw new TemplateException("a range takes one, two or three numbers");
        }
        long from = args.size() > 1 ? Values.integer(args.getFirst(), "a range's start") : 0;
        long to = Values.integer(args.get(args.size() > 1 ? 1 : 0), "a range's end");
        long step = args.size() > 2 ? Values.integer(args.get(2), "a range's step") : 1;
        if (step == 0 || Math.abs(((double) to - from) / step) > MAX_RANGE) {
            throw new TemplateException("a range is endless or too long");
        }
        List<@Nullable Object> range = new ArrayList<>();
        long count = Math.max(0, (long) Math.ceil(((double) to - from) / step));
        for (long i = 0; i < count; i++) {
            range.add(from + i * step);
        }
        return range;
    }

    private String time(Passed passed) {
        String format = passed.text(0, "format");
        if (format.length() > MAX_TIME_FORMAT) {
            throw new TemplateException("a time format is too long");
        }
        StringBuilder time = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                time.append(c);
                continue;
            }
            limits.work(COST_OF_TIME);
            int end = i + (format.charAt(i + 1) == '-' ? 3 : 2);
            String code = format.substring(i + 1, Math.min(end, format.length()));
            String pattern = TIME_PATTERNS.get(code);
            if (pattern == null && !code.equals("%")) {
                throw new TemplateException("the time format '%" + code + "' is not supported");
            }
            time.append(pattern == null ? "%" : now.get().format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)));
            i = end - 1;
        }
        return time.toString();
    }
}
