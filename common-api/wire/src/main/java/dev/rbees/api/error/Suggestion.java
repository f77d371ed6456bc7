package dev.rbees.api.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean …?" for names that do not exist. */
public final class Suggestion {

    private static final int LONGEST = 64;

    private Suggestion() {}

    /** The known name closest to the wrong one, when it is close enough to be a slip; none is for one of more than 64 characters. */
    public static Optional<String> closest(String wrong, Collection<String> known) {
        if (wrong.length() > LONGEST) {
            return Optional.empty();
        }
        int limit = Math.max(1, wrong.length() / 3);
        return known.stream()
                .filter(candidate -> distance(wrong, candidate) <= limit)
                .min(Comparator.comparingInt(candidate -> distance(wrong, candidate)));
    }

    /** The sentence to append to a message: {@code "; did you mean 'x'?"} or nothing. */
    public static String sentence(String wrong, Collection<String> known) {
        return closest(wrong, known).map(name -> "; did you mean '" + name + "'?").orElse("");
    }

    /** Levenshtein distance over at most 64 characters of each word. */
    private static int distance(String a, String b) {
        int n = Math.min(a.length(), LONGEST);
        int m = Math.min(b.length(), LONGEST);
        int[] previous = new int[m + 1];
        for (int j = 0; j <= m; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= n; i++) {
            int[] row = new int[m + 1];
            row[0] = i;
            for (int j = 1; j <= m; j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[m];
    }
}
