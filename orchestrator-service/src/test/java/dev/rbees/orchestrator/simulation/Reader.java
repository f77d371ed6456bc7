package dev.rbees.orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import dev.rbees.orchestrator.events.LoggedEvent;

/** Somebody who reads the events of a task at a pace of his own and takes the stream up again where it broke off. */
final class Reader {

    private static final int MOST = 7;

    private final String task;
    private final List<LoggedEvent> seen = new ArrayList<>();

    Reader(String task) {
        this.task = task;
    }

    String task() {
        return task;
    }

    List<LoggedEvent> seen() {
        return seen;
    }

    boolean done() {
        return !seen.isEmpty() && seen.getLast().terminal();
    }

    void read(SimulatedOrchestrator orchestrator, RandomGenerator random) {
        long last = seen.isEmpty() ? 0 : seen.getLast().sequence();
        seen.addAll(orchestrator.read(task, last, random.nextInt(1, MOST)));
    }
}
