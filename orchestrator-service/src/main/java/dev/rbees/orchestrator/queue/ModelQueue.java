package dev.rbees.orchestrator.queue;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.rbees.api.task.Priority;
import dev.rbees.orchestrator.persistent.RankedMap;

/**
 * Who waits for one model at one moment, interactive tasks before batch. It never changes, so that any thread may look at it.
 *
 * @param <T> what waits
 * @param interactive the class that goes first
 * @param batch the other one
 */
public record ModelQueue<T>(RankedMap<Place, T> interactive, RankedMap<Place, T> batch) {

    static <T> ModelQueue<T> empty() {
        return new ModelQueue<>(RankedMap.empty(), RankedMap.empty());
    }

    /** Who is next. */
    public Optional<T> first() {
        return interactive.first().or(batch::first).map(RankedMap.Entry::value);
    }

    /** The same line without the one who is next. */
    public ModelQueue<T> rest() {
        return interactive.first().map(next -> new ModelQueue<>(interactive.without(next.key()), batch))
                .orElseGet(() -> batch.first().map(next -> new ModelQueue<>(interactive, batch.without(next.key())))
                        .orElse(this));
    }

    /** Who is next in each class. */
    public List<T> heads() {
        return Stream.of(interactive, batch).flatMap(line -> line.first().stream()).map(RankedMap.Entry::value).toList();
    }

    /** How many wait. */
    public int size() {
        return interactive.size() + batch.size();
    }

    public boolean isEmpty() {
        return interactive.isEmpty() && batch.isEmpty();
    }

    /** Everybody, who is next first. */
    public void forEach(Consumer<? super T> action) {
        interactive.forEach(action);
        batch.forEach(action);
    }

    RankedMap<Place, T> of(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactive : batch;
    }

    ModelQueue<T> with(Priority priority, RankedMap<Place, T> changed) {
        return priority == Priority.INTERACTIVE ? new ModelQueue<>(changed, batch) : new ModelQueue<>(interactive, changed);
    }

    int position(Priority priority, Place place) {
        int ahead = priority == Priority.INTERACTIVE ? 0 : interactive.size();
        return ahead + of(priority).rank(place) + 1;
    }
}
