package dev.rbees.worker.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.worker.generation.EventSink;

/** Keeps the events of one answer and lets a test wait for them. */
public final class Transcript implements EventSink {

    private static final long PATIENCE_SECONDS = 60;

    private final List<TaskEvent> events = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public synchronized void accept(TaskEvent event) {
        events.add(event);
        notifyAll();
        if (event.terminal()) {
            ended.countDown();
        }
    }

    /** Waits for the terminal event. */
    public Transcript await() throws InterruptedException {
        if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no terminal event in " + events());
        }
        return this;
    }

    /** Waits until an event of this kind has come. */
    public synchronized void awaitEvent(Predicate<TaskEvent> kind) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (events.stream().noneMatch(kind)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("no such event in " + events);
            }
            wait(left);
        }
    }

    public synchronized List<TaskEvent> events() {
        return List.copyOf(events);
    }

    public List<Integer> ids() {
        return tokens().stream().map(TaskEvent.Token::id).toList();
    }

    public List<TaskEvent.Token> tokens() {
        return events().stream().filter(TaskEvent.Token.class::isInstance).map(TaskEvent.Token.class::cast).toList();
    }

    public TaskEvent last() {
        return events().getLast();
    }
}
