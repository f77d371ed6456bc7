package dev.rbees.worker.grammar;

import java.util.Map;

/** The formats that are supported, as patterns. Narrower than their standards where readers differ. */
final class Formats {

    private static final String DATE = date();
    private static final String TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:0\\d|1[0-7]):[0-5]\\d)";
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?";

    /** Names to patterns. Sources: RFC 3339, RFC 9562, RFC 2673, and of RFC 5321 the addresses that everybody accepts. */
    static final Map<String, String> PATTERNS = Map.of(
            "date", "^" + DATE + "$",
            "time", "^" + TIME + "$",
            "date-time", "^" + DATE + "T" + TIME + "$",
            "uuid", "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            "ipv4", "^(?:" + OCTET + "\\.){3}" + OCTET + "$",
            "email", "^[A-Za-z0-9_+-]{1,20}(?:\\.[A-Za-z0-9_+-]{1,20}){0,2}@(?:" + LABEL + "\\.){1,3}[A-Za-z]{2,24}$");

    private Formats() {}

    /** The days that exist, leap years included. */
    private static String date() {
        String leapPair = "(?:0[48]|[2468][048]|[13579][26])";
        String leapYear = "(?:\\d\\d" + leapPair + "|" + "(?:00|" + leapPair + ")00)";
        String day28 = "(?:0[1-9]|1\\d|2[0-8])";
        return "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-" + day28
                + ")|"
                + leapYear + "-02-29)";
    }
}
