package dev.rbees.cli;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Ids that are typed by their first characters, as far as those tell them apart. */
public final class UniquePrefix {

    private static final int SHOWN = 5;

    private UniquePrefix() {}

    /**
     * The id that a word means: the one that it is, else the only one that begins with it.
     *
     * @param word as it was typed, whole or only the beginning of an id
     * @param ids all that there are
     * @return empty when no id begins like this, and for an empty word
     * @throws UsageException when several begin like this; its message names them
     */
    public static Optional<String> resolve(String word, Collection<String> ids) {
        if (word.isEmpty() || ids.contains(word)) {
            return Optional.of(word).filter(whole -> !whole.isEmpty());
        }
        List<String> meant = ids.stream().distinct().filter(id -> id.startsWith(word)).sorted().toList();
        if (meant.size() > 1) {
            throw new UsageException("'" + Printable.text(word) + "' is the beginning of " + meant.size() + " ids: "
                    + String.join(", ", meant.stream().limit(SHOWN).map(Printable::text).toList())
                    + (meant.size() > SHOWN ? " and others" : "") + "; give more of the one that is meant");
        }
        return meant.stream().findFirst();
    }
}
