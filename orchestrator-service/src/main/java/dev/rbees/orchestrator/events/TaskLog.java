package dev.rbees.orchestrator.events;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import dev.rbees.api.task.TaskEvent;

/**
 * What happened to one task, in order. An event is first written to the durable record and only then shown to readers, so
 * that nobody has seen what a restart would not know. Live readers and those who come back read the same list.
 *
 * <p>
 * An attempt writes with its number; once a later one began, or the log is sealed, the words of the earlier one are dropped.
 */
public final class TaskLog implements EventSource {

    private static final int NOBODY = -1;

    /** The durable record. */
    @FunctionalInterface
    public interface Journal {
        /**
         * Writes the event after all that were given before. Called under the lock of the log: it neither waits for the disk nor
         * for another thread, and runs {@code written} on a thread that does not hold that lock.
         *
         * @param written runs as soon as the event, and thereby all before it, are written, unless they are already
         * @return whether they are already
         */
        boolean append(LoggedEvent event, Runnable written);
    }

    /**
     * A log that has ended.
     *
     * @param events all of them
     * @param tokens how many tokens the answer has
     * @param written is to run when they are durable
     */
    public record Sealed(List<LoggedEvent> events, int tokens, Runnable written) {}

    private final Journal journal;
    private final List<Runnable> readers = new CopyOnWriteArrayList<>();
    @GuardedBy("this")
    private final List<LoggedEvent> events;
    /** How many events readers may see; changed under the lock. */
    private volatile int readable;
    @GuardedBy("this")
    private int tokens;
    @GuardedBy("this")
    private int attempt;
    @GuardedBy("this")
    private boolean started;
    @GuardedBy("this")
    private boolean sealed;
    /** Whether readers may see the last event, after which there is none; changed under the lock. */
    private volatile boolean complete;
    private volatile Runnable abandoned = TaskLog::nothing;
    private volatile Runnable joined = TaskLog::nothing;

    private static void nothing() {}

    /** @param known what was written before a restart, in order */
    public TaskLog(List<LoggedEvent> known, Journal journal) {
        this.journal = journal;
        this.events = new ArrayList<>(known);
        this.readable = known.size();
        this.tokens = (int) known.stream().filter(LoggedEvent::token).count();
        this.started = known.stream().anyMatch(LoggedEvent::started);
        this.sealed = !known.isEmpty() && known.getLast().terminal();
        this.complete = sealed;
    }

    /** From now on only this attempt may write; the answer so far, as ids of the vocabulary. */
    public List<Integer> admit(int number) {
        List<LoggedEvent> said;
        synchronized (this) {
            attempt = number;
            said = List.copyOf(events);
        }
        return said.stream().filter(LoggedEvent::token).map(LoggedEvent::event).map(TaskEvent.Token.class::cast)
                .map(TaskEvent.Token::id).toList();
    }

    /** From now on that attempt may not write any more; how many tokens there are. */
    public synchronized int fence(int number) {
        if (attempt == number) {
            attempt = NOBODY;
        }
        return tokens;
    }

    /**
     * Writes what the worker of an attempt says. A stream has one {@code started}, also after a second attempt.
     *
     * @throws dev.rbees.api.error.RbeesException STORAGE_UNAVAILABLE when it cannot be written
     */
    public void append(int number, TaskEvent event) {
        String data = event.toJson();
        if (add(number, event.type(), data)) {
            wakeReaders();
        }
    }

    private synchronized boolean add(int number, String type, String data) {
        LoggedEvent event = new LoggedEvent(events.size() + 1L, type, data);
        if (sealed || number != attempt || (event.started() && started)) {
            return false;
        }
        boolean shown = add(event);
        started |= event.started();
        tokens += event.token() ? 1 : 0;
        return shown;
    }

    /**
     * Writes what the orchestrator itself says.
     *
     * @throws dev.rbees.api.error.RbeesException STORAGE_UNAVAILABLE when it cannot be written
     */
    public void append(TaskEvent event) {
        boolean shown;
        synchronized (this) {
            shown = !sealed && add(LoggedEvent.of(events.size() + 1L, event));
        }
        if (shown) {
            wakeReaders();
        }
    }

    /** Adds an event to the log and says whether readers may see it already. */
    @GuardedBy("this")
    private boolean add(LoggedEvent event) {
        // why: under the lock, because the order of the record is that of the log; the journal never waits
        boolean already = journal.append(event, () -> written(event.sequence()));
        events.add(event);
        if (already) {
            readable = (int) event.sequence();
        }
        return already;
    }

    /** Adds the last event; nothing can follow. Who seals it makes the whole log durable, and then says so. */
    public synchronized Sealed seal(TaskEvent last) {
        if (sealed) {
            throw new IllegalStateException("the log has ended already");
        }
        events.add(LoggedEvent.of(events.size() + 1L, last));
        sealed = true;
        long end = events.size();
        return new Sealed(List.copyOf(events), tokens, () -> written(end));
    }

    private void written(long sequence) {
        synchronized (this) {
            readable = Math.max(readable, (int) sequence);
            complete = sealed && readable == events.size();
        }
        wakeReaders();
    }

    private void wakeReaders() {
        readers.forEach(Runnable::run);
    }

    /** Tokens that were written, or are about to be. */
    public synchronized int tokens() {
        return tokens;
    }

    /** Up to {@code max} events after the one of this number, as far as they can be shown. */
    public List<LoggedEvent> after(long sequence, int max) {
        if (sequence >= readable) {
            return List.of();
        }
        synchronized (this) {
            int from = (int) Math.max(0, sequence);
            return List.copyOf(events.subList(from, Math.min(readable, from + max)));
        }
    }

    @Override
    public long last() {
        return readable;
    }

    @Override
    public boolean complete() {
        return complete;
    }

    /** Runs {@code action} each time the last reader of an unfinished log leaves; on the reader's thread, which must not wait. */
    public void whenAbandoned(Runnable action) {
        abandoned = action;
    }

    /** Runs {@code action} each time a reader comes to an unfinished log; on the reader's thread, which must not wait. */
    public void whenJoined(Runnable action) {
        joined = action;
    }

    /** Calls {@code wake} after each change, from a thread that must not be held up. */
    public void join(Runnable wake) {
        readers.add(wake);
        if (!complete()) {
            joined.run();
        }
    }

    public void leave(Runnable wake) {
        if (readers.remove(wake) && readers.isEmpty() && !complete()) {
            abandoned.run();
        }
    }

    /** Whether somebody reads along. */
    public boolean hasReaders() {
        return !readers.isEmpty();
    }
}
