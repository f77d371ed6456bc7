package dev.rbees.worker.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.template.Values.Callable;

/** The functions that every template may call. */
final class Functions {

    private static final int MAX_RANGE = 100_000;

    private final Supplier<LocalDateTime> now;

    /** @param now the time that {@code strftime_now} writes */
    Functions(Supplier<LocalDateTime> now) {
        this.now = now;
    }

    void defineIn(Scope scope) {
        scope.set("raise_exception", (Callable) (args, _) -> {
            throw TemplateException.raised(args.isEmpty() ? "" : Values.text(args.getFirst()));
        });
        scope.set("namespace", (Callable) (_, named) -> {
            Namespace namespace = new Namespace();
            namespace.putAll(named);
            return namespace;
        });
        scope.set("dict", (Callable) (_, named) -> named);
        scope.set("range", (Callable) (args, _) -> range(args));
        scope.set("strftime_now", (Callable) (args, _) -> time(args));
    }

    private static List<@Nullable Object> range(List<@Nullable Object> args) {
        long from = args.size() > 1 ? Values.integer(args.getFirst(), "a range's start") : 0;
        long to = args.isEmpty() ? 0 : Values.integer(args.get(args.size() > 1 ? 1 : 0), "a range's end");
        long step = args.size() > 2 ? Values.integer(args.get(2), "a range's step") : 1;
        if (step == 0 || Math.abs((double) (to - from) / step) > MAX_RANGE) {
            throw new TemplateException("a range is endless or too long");
        }
        List<@Nullable Object> range = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            range.add(i);
        }
        return range;
    }

    private String time(List<@Nullable Object> args) {
        String format = args.isEmpty() ? "" : Values.text(args.getFirst());
        Map<Character, String> patterns = Map.ofEntries(Map.entry('d', "dd"), Map.entry('m', "MM"), Map.entry('Y', "yyyy"),
                Map.entry('y', "yy"), Map.entry('b', "MMM"), Map.entry('B', "MMMM"), Map.entry('a', "EEE"),
                Map.entry('A', "EEEE"), Map.entry('H', "HH"), Map.entry('I', "hh"), Map.entry('M', "mm"),
                Map.entry('S', "ss"), Map.entry('p', "a"), Map.entry('j', "DDD"));
        StringBuilder time = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                time.append(c);
                continue;
            }
            char code = format.charAt(++i);
            String pattern = patterns.get(code);
            if (pattern == null && code != '%') {
                throw new TemplateException("the time format '%" + code + "' is not supported");
            }
            time.append(pattern == null ? "%" : now.get().format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)));
        }
        return time.toString();
    }
}
