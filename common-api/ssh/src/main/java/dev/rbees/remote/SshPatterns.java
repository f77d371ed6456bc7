package dev.rbees.remote;

import java.util.List;
import java.util.Locale;

/** Patterns of OpenSSH: {@code *} for any text, {@code ?} for one character, {@code !} in front to except. */
final class SshPatterns {

    private SshPatterns() {}

    /** Whether one pattern, without a {@code !}, fits the whole text. Takes time in the product of both lengths at most. */
    static boolean matches(String text, String pattern) {
        int at = 0;
        int in = 0;
        int star = -1;
        int resume = 0;
        while (at < text.length()) {
            if (in < pattern.length() && pattern.charAt(in) == '*') {
                star = in++;
                resume = at;
            } else if (in < pattern.length() && (pattern.charAt(in) == '?' || pattern.charAt(in) == text.charAt(at))) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (in < pattern.length() && pattern.charAt(in) == '*') {
            in++;
        }
        return in == pattern.length();
    }

    /** Whether a list fits: at least one of its patterns does, and none of those with a {@code !}. */
    static boolean matchesList(String text, List<String> patterns) {
        boolean isMatch = false;
        for (String pattern : patterns) {
            boolean isNegated = pattern.startsWith("!");
            if (matches(text, isNegated ? pattern.substring(1) : pattern)) {
                if (isNegated) {
                    return false;
                }
                isMatch = true;
            }
        }
        return isMatch;
    }

    /** The same for host names, in which the case of letters does not count. */
    static boolean matchesHost(String host, List<String> patterns) {
        return matchesList(host.toLowerCase(Locale.ROOT),
                patterns.stream().map(pattern -> pattern.toLowerCase(Locale.ROOT)).toList());
    }
}
