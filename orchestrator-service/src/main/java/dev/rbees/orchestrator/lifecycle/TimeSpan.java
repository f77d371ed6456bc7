package dev.rbees.orchestrator.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time as options have it: a number and s, m, h or d. */
final class TimeSpan {

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})([smhd])");

    private TimeSpan() {}

    /** Empty when it is none. */
    static Optional<Duration> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(parts.group(1));
        return Optional.of(switch (parts.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        });
    }
}
