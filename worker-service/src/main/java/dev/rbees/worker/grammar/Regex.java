package dev.rbees.worker.grammar;

import java.util.List;

/** A regular expression, parsed. */
sealed interface Regex {

    Regex ANYTHING = new Repeat(new Chars(CodePoints.ALL), 0, Repeat.NO_LIMIT);

    record Chars(CodePoints set) implements Regex {}

    record Sequence(List<Regex> parts) implements Regex {}

    record Choice(List<Regex> branches) implements Regex {}

    /** @param most {@link #NO_LIMIT} for no bound */
    record Repeat(Regex body, int least, int most) implements Regex {
        static final int NO_LIMIT = Integer.MAX_VALUE;
    }
}
