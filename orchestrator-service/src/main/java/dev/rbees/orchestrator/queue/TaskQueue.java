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
import dev.rbees.orchestrator.persistent.RankedMap;
import dev.rbees.thread.Ownership;

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

    /** A task that waits, with what is needed to find it. */
    private record Waiting<T>(Ticket ticket, Instant since, T task) {}

    /** The turns of one model's line. */
    private static final class FairShareClocks {
        private final FairShareClock interactive = new FairShareClock();
        private final FairShareClock batch = new FairShareClock();

        FairShareClock of(Priority priority) {
            return priority == Priority.INTERACTIVE ? interactive : batch;
        }
    }

    private final Map<Long, Waiting<T>> byNumber = new HashMap<>();
    private final NavigableMap<Long, Waiting<T>> batchByAge = new TreeMap<>();
    private final Map<String, FairShareClocks> turns = new HashMap<>();
    private final Ownership owner;
    private volatile RankedMap<String, ModelQueue<T>> lines = RankedMap.empty();
    private volatile int interactiveSize;
    private volatile int batchSize;

    /** @param owner of the queue: who else touches it is a fault of ours */
    public TaskQueue(Ownership owner) {
        this.owner = owner;
    }

    /**
     * @param flow whom the task belongs to, for example a session
     * @param number the order of acceptance, unique
     * @param since when it was accepted
     * @return where it waits
     */
    public Ticket add(String model, Priority priority, String flow, long number, Instant since, T task) {
        FairShareClocks line = turns.computeIfAbsent(model, _ -> new FairShareClocks());
        return put(number,
                new Waiting<>(new Ticket(model, priority, new Place(line.of(priority).next(flow), number)), since, task));
    }

    /** Adds a task that had been next before: it is next again, in the order of acceptance among its like. */
    public Ticket addAgain(String model, Priority priority, long number, Instant since, T task) {
        FairShareClocks line = turns.computeIfAbsent(model, _ -> new FairShareClocks());
        return put(number,
                new Waiting<>(new Ticket(model, priority, new Place(line.of(priority).current(), number)), since, task));
    }

    private Ticket put(long number, Waiting<T> waiting) {
        owner.check();
        Ticket ticket = waiting.ticket();
        byNumber.put(number, waiting);
        if (ticket.priority() == Priority.BATCH) {
            batchByAge.put(number, waiting);
        }
        ModelQueue<T> line = line(ticket.model());
        lines = lines.with(ticket.model(),
                line.with(ticket.priority(), line.of(ticket.priority()).with(ticket.place(), waiting.task())));
        count();
        return ticket;
    }

    /** Takes a task out, wherever it stands; false when it does not wait. */
    public boolean remove(long number) {
        owner.check();
        Waiting<T> waiting = byNumber.remove(number);
        if (waiting == null) {
            return false;
        }
        batchByAge.remove(number);
        Ticket ticket = waiting.ticket();
        ModelQueue<T> line = line(ticket.model());
        ModelQueue<T> rest = line.with(ticket.priority(), line.of(ticket.priority()).without(ticket.place()));
        if (rest.isEmpty()) {
            lines = lines.without(ticket.model());
            turns.remove(ticket.model());
        } else {
            lines = lines.with(ticket.model(), rest);
        }
        count();
        return true;
    }

    private void count() {
        batchSize = batchByAge.size();
        interactiveSize = byNumber.size() - batchByAge.size();
    }

    /** Takes a task out because its turn has come. */
    public void serve(long number) {
        Waiting<T> waiting = byNumber.get(number);
        if (waiting != null) {
            Ticket ticket = waiting.ticket();
            Optional.ofNullable(turns.get(ticket.model()))
                    .ifPresent(line -> line.of(ticket.priority()).serve(ticket.place().turn()));
            remove(number);
        }
    }

    /** Lets batch tasks that have waited long enough go with the interactive ones; gives those, and where they wait now. */
    public Map<T, Ticket> promote(Instant now) {
        Map<T, Ticket> promoted = new LinkedHashMap<>();
        while (!batchByAge.isEmpty() && !batchByAge.firstEntry().getValue().since().plus(PATIENCE).isAfter(now)) {
            long number = batchByAge.firstKey();
            Waiting<T> waiting = batchByAge.firstEntry().getValue();
            String model = waiting.ticket().model();
            FairShareClocks line = turns.computeIfAbsent(model, _ -> new FairShareClocks());
            remove(number);
            turns.put(model, line);
            Ticket ticket = new Ticket(model, Priority.INTERACTIVE, new Place(line.interactive.current(), number));
            promoted.put(waiting.task(), put(number, new Waiting<>(ticket, waiting.since(), waiting.task())));
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

    /** How many stand before this ticket, and the one who stands there: 1 is next. From any thread. */
    public int position(Ticket ticket) {
        return line(ticket.model()).position(ticket.priority(), ticket.place());
    }

    /** Who waits for a model. From any thread. */
    public ModelQueue<T> line(String model) {
        return lines.get(model).orElseGet(ModelQueue::empty);
    }

    /** Models that somebody waits for. */
    public Set<String> models() {
        return Set.copyOf(turns.keySet());
    }

    /** Everybody, line by line, who is next first. */
    public void forEach(Consumer<? super T> action) {
        lines.forEach(line -> line.forEach(action));
    }

    /** How many wait of a class. From any thread. */
    public int size(Priority priority) {
        return priority == Priority.BATCH ? batchSize : interactiveSize;
    }
}
