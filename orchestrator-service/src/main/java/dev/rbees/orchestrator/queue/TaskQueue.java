package dev.rbees.orchestrator.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import dev.rbees.api.task.Priority;

/**
 * The tasks that wait, one line for each model: interactive ones before batch, inside a class the flows take turns, inside a
 * flow in the order of acceptance. A batch task that has waited for {@link #PATIENCE} becomes interactive. Changed by the
 * control thread alone; positions may be asked by anybody.
 *
 * @param <T> what waits
 */
public final class TaskQueue<T> {

    /** After this time a batch task goes with the interactive ones, before all that come later. */
    public static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Where a task waits. */
    public record Spot(String model, Priority priority, Place place) {}

    /** A task that waits, with what is needed to find it. */
    private record Waiting<T>(Spot spot, Instant since, T task) {}

    /** The turns of one model's line. */
    private static final class LineTurns {
        private final Turns interactive = new Turns();
        private final Turns batch = new Turns();

        Turns of(Priority priority) {
            return priority == Priority.INTERACTIVE ? interactive : batch;
        }
    }

    private final Map<Long, Waiting<T>> byTicket = new HashMap<>();
    private final NavigableMap<Long, Waiting<T>> batchByAge = new TreeMap<>();
    private final Map<String, LineTurns> turns = new HashMap<>();
    private volatile RankedMap<String, Line<T>> lines = RankedMap.empty();

    /**
     * @param flow whom the task belongs to, for example a session
     * @param ticket the order of acceptance, unique
     * @param since when it was accepted
     * @return where it waits
     */
    public Spot add(String model, Priority priority, String flow, long ticket, Instant since, T task) {
        LineTurns line = turns.computeIfAbsent(model, _ -> new LineTurns());
        return put(ticket,
                new Waiting<>(new Spot(model, priority, new Place(line.of(priority).next(flow), ticket)), since, task));
    }

    /** Adds a task that had been next before: it is next again, in the order of acceptance among its like. */
    public Spot addAgain(String model, Priority priority, long ticket, Instant since, T task) {
        LineTurns line = turns.computeIfAbsent(model, _ -> new LineTurns());
        return put(ticket,
                new Waiting<>(new Spot(model, priority, new Place(line.of(priority).current(), ticket)), since, task));
    }

    private Spot put(long ticket, Waiting<T> waiting) {
        Spot spot = waiting.spot();
        byTicket.put(ticket, waiting);
        if (spot.priority() == Priority.BATCH) {
            batchByAge.put(ticket, waiting);
        }
        Line<T> line = line(spot.model());
        lines = lines.with(spot.model(),
                line.with(spot.priority(), line.of(spot.priority()).with(spot.place(), waiting.task())));
        return spot;
    }

    /** Takes a task out, wherever it stands; false when it does not wait. */
    public boolean remove(long ticket) {
        Waiting<T> waiting = byTicket.remove(ticket);
        if (waiting == null) {
            return false;
        }
        batchByAge.remove(ticket);
        Spot spot = waiting.spot();
        Line<T> line = line(spot.model());
        Line<T> rest = line.with(spot.priority(), line.of(spot.priority()).without(spot.place()));
        if (rest.isEmpty()) {
            lines = lines.without(spot.model());
            turns.remove(spot.model());
        } else {
            lines = lines.with(spot.model(), rest);
        }
        return true;
    }

    /** Takes a task out because its turn has come. */
    public void serve(long ticket) {
        Waiting<T> waiting = byTicket.get(ticket);
        if (waiting != null) {
            Spot spot = waiting.spot();
            Optional.ofNullable(turns.get(spot.model()))
                    .ifPresent(line -> line.of(spot.priority()).serve(spot.place().turn()));
            remove(ticket);
        }
    }

    /** Lets batch tasks that have waited long enough go with the interactive ones; gives those, and where they wait now. */
    public Map<T, Spot> promote(Instant now) {
        Map<T, Spot> promoted = new LinkedHashMap<>();
        while (!batchByAge.isEmpty() && !batchByAge.firstEntry().getValue().since().plus(PATIENCE).isAfter(now)) {
            long ticket = batchByAge.firstKey();
            Waiting<T> waiting = batchByAge.firstEntry().getValue();
            String model = waiting.spot().model();
            LineTurns line = turns.computeIfAbsent(model, _ -> new LineTurns());
            remove(ticket);
            turns.put(model, line);
            Spot spot = new Spot(model, Priority.INTERACTIVE, new Place(line.interactive.current(), ticket));
            promoted.put(waiting.task(), put(ticket, new Waiting<>(spot, waiting.since(), waiting.task())));
        }
        return promoted;
    }

    /** The oldest batch task. */
    public Optional<T> oldestBatch() {
        return batchByAge.isEmpty() ? Optional.empty() : Optional.of(batchByAge.firstEntry().getValue().task());
    }

    /** The newest batch task. */
    public Optional<T> newestBatch() {
        return batchByAge.isEmpty() ? Optional.empty() : Optional.of(batchByAge.lastEntry().getValue().task());
    }

    /** How many stand before this spot, and the one who stands there: 1 is next. From any thread. */
    public int position(Spot spot) {
        return line(spot.model()).position(spot.priority(), spot.place());
    }

    /** Who waits for a model. From any thread. */
    public Line<T> line(String model) {
        return lines.get(model).orElseGet(Line::empty);
    }

    /** Models that somebody waits for. */
    public Set<String> models() {
        return Set.copyOf(turns.keySet());
    }

    /** Everybody, line by line, who is next first. */
    public void forEach(Consumer<? super T> action) {
        lines.forEach(line -> line.forEach(action));
    }

    public int size(Priority priority) {
        return priority == Priority.BATCH ? batchByAge.size() : byTicket.size() - batchByAge.size();
    }
}
