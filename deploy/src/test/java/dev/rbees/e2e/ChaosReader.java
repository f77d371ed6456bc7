package dev.rbees.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;

/** Reads a task's events to their end, and comes back with the last id when the stream breaks. */
final class ChaosReader implements Runnable {

    private final Installation rbees;
    private final String task;
    private final String fields;
    private final long giveUp;
    private final List<Integer> tokens = new ArrayList<>();
    private String problem = "it has not come to its end";
    private long last;
    private boolean ended;

    ChaosReader(Installation rbees, String task, String fields, Duration patience) {
        this.rbees = rbees;
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

    /** What was wrong with what was read; empty for nothing. */
    synchronized String problem() {
        return problem;
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
        if (line.startsWith("id: ")) {
            long id = Long.parseLong(line.substring(4));
            if (id != last + 1) {
                problem = "event " + id + " follows event " + last;
                ended = true;
            }
            last = id;
        } else if (line.startsWith("data: ") && !ended) {
            event(Installation.tree(line.substring(6)));
        }
    }

    private void event(JsonNode event) {
        switch (event.path("type").asString("")) {
            case "token" -> {
                if (event.get("i").asInt() != tokens.size()) {
                    problem = "token " + event.get("i").asInt() + " follows " + tokens.size() + " others";
                    ended = true;
                }
                tokens.add(event.get("id").asInt());
            }
            case "end", "error" -> {
                problem = "";
                ended = true;
            }
            default -> {
                // how it goes
            }
        }
    }
}
