package dev.rbees.orchestrator.lifecycle;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.orchestrator.store.Retention;

/** The options that say how long tasks that have ended are kept. */
final class RetentionOptions {

    static final OptionSpec AGE = OptionSpec.optional("retention", "time",
            "tasks and answers are forgotten so long after their end: a number and s, m, h or d (default: 7d)");
    static final OptionSpec SIZE = OptionSpec.optional("retention-size", "size",
            "the oldest of them are forgotten earlier when all take more than this: a number and MB, GB or TB (default: no limit)");

    private static final Pattern BYTES = Pattern.compile("(\\d{1,6})(MB|GB|TB)");

    private RetentionOptions() {}

    /** @throws UsageException when a value is wrong */
    static Retention of(CommandLine line) {
        return new Retention(line.option("retention").map(RetentionOptions::age).orElse(Retention.USUAL.age()),
                line.option("retention-size").map(RetentionOptions::bytes).orElse(Retention.USUAL.bytes()));
    }

    private static Duration age(String text) {
        return TimeSpan.parse(text.strip()).orElseThrow(() -> new UsageException(
                "--retention must be a number and s, m, h or d, for example 7d (got '" + Printable.text(text) + "')"));
    }

    private static long bytes(String text) {
        Matcher parts = BYTES.matcher(text.strip());
        if (!parts.matches()) {
            throw new UsageException("--retention-size must be a number and MB, GB or TB, for example 20GB (got '"
                    + Printable.text(text) + "')");
        }
        long count = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "MB" -> count * 1_000_000;
            case "GB" -> count * 1_000_000_000;
            default -> count * 1_000_000_000_000L;
        };
    }
}
