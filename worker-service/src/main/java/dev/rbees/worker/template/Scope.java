package dev.rbees.worker.template;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The names that are set at a place of a template; what an inner scope sets is gone when it ends. */
final class Scope {

    private final @Nullable Scope outer;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    @Nullable
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.values.containsKey(name)) {
                return scope.values.get(name);
            }
        }
        return Undefined.UNDEFINED;
    }

    void set(String name, @Nullable Object value) {
        values.put(name, value);
    }
}
