package dev.rbees.ctl.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a program counts, as {@code /metrics} says it in the text form of Prometheus.
 *
 * @param values by name and labels, such as {@code orchd_queue_depth{priority="batch"}}
 */
public record Measurements(Map<String, Double> values) {

    /** Nothing is known. */
    public static final Measurements NONE = new Measurements(Map.of());

    private static final int MOST = 10_000;
    private static final Pattern LINE = Pattern
            .compile("([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{(?:[^\"}]|\"(?:[^\"\\\\]|\\\\.)*+\")*+})?) +(\\S+)(?: +-?[0-9]+)?");

    public Measurements {
        values = Map.copyOf(values);
    }

    /** Lines that are none are passed over, and so is what comes after the first 10 000. */
    static Measurements parse(String text) {
        Map<String, Double> values = new LinkedHashMap<>();
        text.lines().limit(MOST).forEach(line -> {
            Matcher parts = LINE.matcher(line.stripTrailing());
            if (parts.matches()) {
                put(values, parts.group(1), parts.group(2));
            }
        });
        return new Measurements(values);
    }

    private static void put(Map<String, Double> values, String name, String number) {
        try {
            // why: Micrometer writes a comma behind the last label
            values.put(name.replace(",}", "}"), Double.valueOf(number.replace("Inf", "Infinity")));
        } catch (NumberFormatException _) {
            // as a line that is none
        }
    }

    /** A value without labels, 0 where there is none. */
    public double value(String name) {
        return values.getOrDefault(name, 0.0);
    }

    /** A value with one label, 0 where there is none. */
    public double value(String name, String label, String labelled) {
        return value(name + "{" + label + "=\"" + labelled + "\"}");
    }
}
