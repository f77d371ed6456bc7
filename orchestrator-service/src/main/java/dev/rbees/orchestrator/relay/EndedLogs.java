package dev.rbees.orchestrator.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.EndedLog;
import dev.rbees.orchestrator.events.LoggedEvent;

/**
 * Logs of tasks that have ended, in pages that all their readers share: a page is read from the record once, however many want it,
 * a few pages at a time, on threads that may wait; what was read last is kept up to a number of bytes. Any thread.
 */
public final class EndedLogs {

    private static final long CAPACITY = 64L * 1024 * 1024;
    /** Pages begin at multiples of this, and behind a page that ended earlier. */
    private static final int PAGE_EVENTS = 256;
    private static final int LOADS_AT_ONCE = 4;
    private static final int EVENT_BYTES = 96;

    /** The record, which blocks. */
    @FunctionalInterface
    public interface Reading {
        /**
         * What follows the event of a number, in order.
         *
         * @param limit at most so many; fewer are fine
         */
        List<LoggedEvent> events(String task, long after, int limit);
    }

    private record Place(String task, long after) {}

    private record Page(List<LoggedEvent> events, long bytes) {
        static Page of(List<LoggedEvent> events) {
            return new Page(List.copyOf(events),
                    events.stream().mapToLong(event -> EVENT_BYTES + event.type().length() + event.data().length()).sum());
        }
    }

    private final Reading record;
    private final long capacity;
    private final LinkedHashMap<Place, Page> pages = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Place, CompletableFuture<Page>> loading = new HashMap<>();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private long bytes;
    private int loads;

    public EndedLogs(Reading record) {
        this(record, CAPACITY);
    }

    /** @param capacity how much is kept, in bytes */
    EndedLogs(Reading record, long capacity) {
        this.record = record;
        this.capacity = capacity;
    }

    /**
     * The events of a log after the given one, a list at a time when the subscriber asks for it, from any thread. Fails with
     * TASK_NOT_FOUND when the task is deleted meanwhile.
     */
    Flux<List<LoggedEvent>> read(EndedLog log, long after) {
        return Flux.defer(() -> {
            AtomicLong position = new AtomicLong(after);
            return Mono.defer(() -> position.get() >= log.last()
                    ? Mono.<List<LoggedEvent>>empty()
                    : Mono.fromFuture(next(log.task(), position.get()), true))
                    .doOnNext(events -> position.set(events.getLast().sequence()))
                    .repeat(() -> position.get() < log.last());
        });
    }

    private CompletableFuture<List<LoggedEvent>> next(String task, long after) {
        return from(new Place(task, after - after % PAGE_EVENTS), after);
    }

    private CompletableFuture<List<LoggedEvent>> from(Place place, long after) {
        return page(place).thenCompose(page -> {
            if (page.events().isEmpty()) {
                return CompletableFuture.failedFuture(new RbeesException(ErrorCode.TASK_NOT_FOUND, "the task was deleted"));
            }
            long last = page.events().getLast().sequence();
            return last > after
                    ? CompletableFuture.completedFuture(
                            page.events().subList((int) (after - place.after()), page.events().size()))
                    : from(new Place(place.task(), last), after);
        });
    }

    private CompletableFuture<Page> page(Place place) {
        CompletableFuture<Page> future;
        synchronized (this) {
            Page kept = pages.get(place);
            if (kept != null) {
                return CompletableFuture.completedFuture(kept);
            }
            CompletableFuture<Page> begun = loading.get(place);
            if (begun != null) {
                return begun;
            }
            future = new CompletableFuture<>();
            loading.put(place, future);
            waiting.add(() -> load(place, future));
        }
        loadNext();
        return future;
    }

    private void loadNext() {
        Runnable load;
        synchronized (this) {
            load = loads < LOADS_AT_ONCE ? waiting.poll() : null;
            loads += load == null ? 0 : 1;
        }
        if (load != null) {
            try {
                Schedulers.boundedElastic().schedule(load);
            } catch (RejectedExecutionException e) {
                load.run(); // why: the program ends, and whoever waits has to hear of it
            }
        }
    }

    private void load(Place place, CompletableFuture<Page> future) {
        Page page = null;
        Throwable failure = null;
        try {
            int most = PAGE_EVENTS - (int) (place.after() % PAGE_EVENTS);
            page = Page.of(record.events(place.task(), place.after(), most));
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        loaded(place, future, page);
        loadNext();
        Page read = page;
        Optional.ofNullable(failure).ifPresentOrElse(future::completeExceptionally, () -> future.complete(read));
    }

    private synchronized void loaded(Place place, CompletableFuture<Page> future, @Nullable Page page) {
        loads--;
        // why: a page that was on its way when its task was deleted is not kept
        if (loading.remove(place, future) && page != null && !page.events().isEmpty()) {
            pages.put(place, page);
            bytes += page.bytes();
            while (bytes > capacity) {
                bytes -= pages.pollFirstEntry().getValue().bytes();
            }
        }
    }

    /** Lets go of what is kept of a task. */
    public synchronized void forget(String task) {
        loading.keySet().removeIf(place -> place.task().equals(task));
        pages.entrySet().removeIf(entry -> {
            boolean its = entry.getKey().task().equals(task);
            bytes -= its ? entry.getValue().bytes() : 0;
            return its;
        });
    }

    /** How much is kept, in bytes. */
    synchronized long kept() {
        return bytes;
    }
}
