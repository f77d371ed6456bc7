package dev.rbees.worker.generation;

import java.util.List;
import java.util.Optional;

/**
 * Looks for stop texts in a stream of text, across the borders of its pieces. Text that may be the beginning of a stop text
 * is held back until that is decided; a stop text that appears is never shown.
 */
final class StopMatcher {

    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private Optional<String> matched = Optional.empty();

    StopMatcher(List<String> stops) {
        this.stops = stops;
    }

    /** The text that can be shown now that this piece has come. */
    String accept(String piece) {
        if (stops.isEmpty()) {
            return piece;
        }
        held.append(piece);
        int first = Integer.MAX_VALUE;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && at < first) {
                first = at;
                matched = Optional.of(stop);
            }
        }
        return release(matched.isPresent() ? first : held.length() - openLength());
    }

    /** The longest end of the held text that a stop text begins with. */
    private int openLength() {
        int longest = 0;
        for (String stop : stops) {
            for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
                if (stop.startsWith(held.substring(held.length() - n))) {
                    longest = n;
                }
            }
        }
        return longest;
    }

    private String release(int length) {
        String shown = held.substring(0, length);
        held.delete(0, length);
        return shown;
    }

    /** Whether text is held back that may yet be shown. */
    boolean holds() {
        return matched.isEmpty() && !held.isEmpty();
    }

    /** The held text, when nothing more will come. */
    String flush() {
        return matched.isPresent() ? "" : release(held.length());
    }

    /** The stop text that appeared, if one did. */
    Optional<String> matched() {
        return matched;
    }
}
