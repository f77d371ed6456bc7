package dev.rbees.cli;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

import dev.rbees.api.error.Suggestion;

/** What somebody meant who typed a name that does not exist: also two letters in the wrong order, or capitals. */
public final class Slip {

    private Slip() {}

    /** The known name that was meant, when that is clear enough. */
    public static Optional<String> meant(String wrong, Collection<String> known) {
        String small = wrong.toLowerCase(Locale.ROOT);
        return known.stream().filter(name -> name.equals(small) || swapped(small, name)).findFirst()
                .or(() -> Suggestion.closest(small, known));
    }

    /** The sentence to append to a message, or nothing. */
    public static String sentence(String wrong, Collection<String> known) {
        return meant(wrong, known).map(Slip::didYouMean).orElse("");
    }

    /** The sentence to append to a message when it is known what was meant. */
    public static String didYouMean(String meant) {
        return "; did you mean '" + meant + "'?";
    }

    /** Whether they differ in two neighbours that changed places. */
    private static boolean swapped(String a, String b) {
        if (a.length() != b.length()) {
            return false;
        }
        int i = 0;
        while (i < a.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i + 1 < a.length() && a.charAt(i) == b.charAt(i + 1) && a.charAt(i + 1) == b.charAt(i)
                && a.substring(i + 2).equals(b.substring(i + 2));
    }
}
