package dev.rbees.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;

/** Reads a task's events to their end, and comes back with the last id when the stream breaks; what it sees goes into a history. */
final class ChaosReader implements Runnable {

    private final Installation rbees;
    private final History history;
    private final String name;
    private final String task;
    private final String fields;
    private final long giveUp;
    private final List<Integer> tokens = new ArrayList<>();
    private final AtomicInteger signsOfLife = new AtomicInteger();
    private long last;
    private boolean ended;

    ChaosReader(Installation rbees, History history, String task, String fields, Duration patience) {
        this.rbees = rbees;
        this.history = history;
        this.name = history.newReader();
        this.task = task;
        this.fields = fields;
        this.giveUp = System.nanoTime() + patience.toNanos();
    }

    String task() {
        return task;
    }

    String fields() {
        return fields;
    }

    /** How many comments came, which say that the stream lives. */
    int signsOfLife() {
        return signsOfLife.get();
    }

    synchronized List<Integer> tokens() {
        return List.copyOf(tokens);
    }

    @Override
    public synchronized void run() {
        try {
            while (!ended && System.nanoTime() < giveUp) {
                try (Stream<String> lines = rbees.follow(task, last)) {
                    lines.forEach(this::take);
                } catch (IOException | UncheckedIOException | RbeesException e) {
                    Thread.sleep(200);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(String line) {
        if (line.startsWith(":")) {
            signsOfLife.incrementAndGet();
        } else if (line.startsWith("id: ")) {
            last = Long.parseLong(line.substring(4));
        } else if (line.startsWith("data: ") && !ended) {
            event(Installation.tree(line.substring(6)));
        }
    }

    private void event(JsonNode event) {
        String type = event.path("type").asString("");
        history.delivered(name, task, last, type);
        switch (type) {
            case "token" -> {
                if (event.get("i").asInt() != tokens.size()) {
                    history.delivered(name, task, -1, "token " + event.get("i").asInt() + " out of order");
                }
                tokens.add(event.get("id").asInt());
            }
            case "end", "error" -> ended = true;
            default -> {
                // how it goes
            }
        }
    }
}
