package dev.rbees.worker.template;

import java.util.LinkedHashMap;

import org.jspecify.annotations.Nullable;

/** What {@code namespace()} makes: values that a loop may set and that outlive it. */
final class Namespace extends LinkedHashMap<String, @Nullable Object> {

    private static final long serialVersionUID = 1L;
}
