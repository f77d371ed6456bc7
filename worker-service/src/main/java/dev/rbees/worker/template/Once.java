package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The items that filters such as {@code map} and {@code select} give. In Python they are made while they are read: so they
 * count as true even when there are none, have no length, and are gone once they were read.
 */
final class Once extends ArrayList<@Nullable Object> {

    private static final long serialVersionUID = 1L;

    Once(List<@Nullable Object> items) {
        super(items);
    }

    List<@Nullable Object> read() {
        List<@Nullable Object> items = new ArrayList<>(this);
        clear();
        return items;
    }
}
