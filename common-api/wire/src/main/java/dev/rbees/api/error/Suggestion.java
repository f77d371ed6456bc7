package dev.rbees.api.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean …?" for names that do not exist. */
public final class Suggestion {

    private static final int LONGEST = 64;

    private Suggestion() {}

    /**
     * The known name closest to the wrong one, when it is close enough to be a slip, whatever its capitals; none is for one of more
     * than 64 characters.
     */
    public static Optional<String> closest(String wrong, Collection<String> known) {
        if (wrong.length() > LONGEST) {
            return Optional.empty();
        }
        String small = wrong.toLowerCase(Locale.ROOT);
        int limit = Math.max(1, wrong.length() / 3);
        return known.stream()
                .filter(candidate -> distance(small, candidate) <= limit)
                .min(Comparator.comparingInt(candidate -> distance(small, candidate)));
    }

    /** The sentence to append to a message: {@code "; did you mean 'x'?"} or nothing. */
    public static String sentence(String wrong, Collection<String> known) {
        return closest(wrong, known).map(Suggestion::didYouMean).orElse("");
    }

    /** The sentence to append to a message when it is known what was meant. */
    public static String didYouMean(String meant) {
        return "; did you mean '" + meant + "'?";
    }

    /** Changed, added, left out and swapped letters (optimal string alignment), over at most 64 characters, capitals as small ones. */
    private static int distance(String a, String candidate) {
        String b = candidate.toLowerCase(Locale.ROOT);
        int n = Math.min(a.length(), LONGEST);
        int m = Math.min(b.length(), LONGEST);
        int[][] rows = new int[n + 1][m + 1];
        for (int i = 0; i <= n; i++) {
            for (int j = 0; j <= m; j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                int replaced = rows[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                rows[i][j] = Math.min(replaced, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
                }
            }
        }
        return rows[n][m];
    }
}
