package dev.rbees.orchestrator.queue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import dev.rbees.api.task.Priority;

/**
 * The tasks that wait, one line for each model: interactive ones before batch, inside a class in the order of acceptance.
 * A task that comes back finds its old place. Owned by the control thread.
 *
 * @param <T> what waits
 */
public final class TaskQueue<T> {

    private final Map<String, Line<T>> lines = new TreeMap<>();

    /** The waiting of one model. */
    private static final class Line<T> {
        private final Map<Priority, NavigableMap<Long, T>> classes = new EnumMap<>(Priority.class);

        NavigableMap<Long, T> of(Priority priority) {
            return classes.computeIfAbsent(priority, _ -> new TreeMap<>());
        }

        T first() {
            NavigableMap<Long, T> interactive = of(Priority.INTERACTIVE);
            return (interactive.isEmpty() ? of(Priority.BATCH) : interactive).firstEntry().getValue();
        }

        boolean isEmpty() {
            return classes.values().stream().allMatch(NavigableMap::isEmpty);
        }
    }

    /** @param ticket the order of acceptance, unique */
    public void add(String model, Priority priority, long ticket, T task) {
        lines.computeIfAbsent(model, _ -> new Line<>()).of(priority).put(ticket, task);
    }

    /** Takes a task out, wherever it stands. */
    public void remove(String model, Priority priority, long ticket) {
        Line<T> line = lines.get(model);
        if (line != null && line.of(priority).remove(ticket) != null && line.isEmpty()) {
            lines.remove(model);
        }
    }

    /** The next task for a model, which stays where it is. */
    public Optional<T> first(String model) {
        Line<T> line = lines.get(model);
        return line == null ? Optional.empty() : Optional.of(line.first());
    }

    /** Models that somebody waits for. */
    public Set<String> models() {
        return Set.copyOf(lines.keySet());
    }

    /** How many wait for a model before this task, and this task itself: 1 is next. */
    public int position(String model, Priority priority, long ticket) {
        Line<T> line = lines.get(model);
        if (line == null) {
            return 1;
        }
        int ahead = priority == Priority.BATCH ? line.of(Priority.INTERACTIVE).size() : 0;
        return ahead + line.of(priority).headMap(ticket).size() + 1;
    }

    /** Everybody who waits for a model, the next first. */
    public List<T> inOrder(String model) {
        Line<T> line = lines.get(model);
        List<T> all = new ArrayList<>();
        if (line != null) {
            for (Priority priority : Priority.values()) {
                all.addAll(line.of(priority).values());
            }
        }
        return all;
    }

    public int size(Priority priority) {
        return lines.values().stream().mapToInt(line -> line.of(priority).size()).sum();
    }
}
