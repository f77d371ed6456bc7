package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** A list that was written in parentheses or with commas only: it looks different and equals no other list. */
final class Tuple extends ArrayList<@Nullable Object> {

    private static final long serialVersionUID = 1L;

    Tuple(List<@Nullable Object> items) {
        super(items);
    }

    static Tuple of(@Nullable Object first, @Nullable Object second) {
        Tuple pair = new Tuple(new ArrayList<>());
        pair.add(first);
        pair.add(second);
        return pair;
    }
}
