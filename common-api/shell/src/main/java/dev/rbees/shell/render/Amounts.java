package dev.rbees.shell.render;

import java.time.Duration;
import java.util.Locale;

/** Sizes and times as people read them. */
public final class Amounts {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private Amounts() {}

    /** Bytes in decimal units with one digit after the point: {@code 98.4 MB}. */
    public static String bytes(long bytes) {
        int unit = 0;
        double amount = bytes;
        while (amount >= 999.95 && unit < UNITS.length - 1) {
            amount /= 1000;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
    }

    /** A time in two units: {@code 8s}, {@code 3m 05s}, {@code 2h 10m}. */
    public static String time(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        return seconds < 3600
                ? "%dm %02ds".formatted(seconds / 60, seconds % 60)
                : "%dh %02dm".formatted(seconds / 3600, seconds / 60 % 60);
    }

    /** How long ago something was, in one unit: {@code 8s ago}, {@code 3m ago}, {@code 2h ago}, {@code 12d ago}. */
    public static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 60) {
            return seconds + "s ago";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m ago";
        }
        // why: up to two days hours say more
        return seconds < 48 * 3600 ? seconds / 3600 + "h ago" : seconds / 86400 + "d ago";
    }
}
