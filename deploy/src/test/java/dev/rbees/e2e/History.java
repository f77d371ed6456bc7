package dev.rbees.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was done and seen in a run, and whether that is what was promised. Any thread. */
final class History {

    private static final List<String> LAST = List.of("end", "error");

    /** What one reader saw of one task. */
    private static final class Reading {
        private long last;
        private String lastType = "";
        private String problem = "";
    }

    private final long began = System.nanoTime();
    private final Map<String, String> accepted = new LinkedHashMap<>();
    private final Map<String, Reading> readings = new LinkedHashMap<>();
    private final Map<String, String> figures = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();
    private int refused;
    private int readers;
    private long events;

    /** The name of one more reader. */
    synchronized String newReader() {
        return "reader " + ++readers;
    }

    synchronized void accepted(String task) {
        accepted.put(task, "");
    }

    synchronized void refused() {
        refused++;
    }

    /** Something was broken, or mended. */
    synchronized void fault(String what) {
        faults.add("%.1f s: %s".formatted((System.nanoTime() - began) / 1e9, what));
    }

    synchronized void figure(String name, Object value) {
        figures.put(name, String.valueOf(value));
    }

    /** An event came to a reader, over one connection or another. */
    synchronized void delivered(String reader, String task, long id, String type) {
        Reading reading = readings.computeIfAbsent(reader + " of " + task, _ -> new Reading());
        events++;
        if (id != reading.last + 1) {
            reading.problem = "event " + id + " follows event " + reading.last;
        } else if (LAST.contains(reading.lastType)) {
            reading.problem = type + " follows the " + reading.lastType;
        }
        reading.last = id;
        reading.lastType = type;
    }

    /** What is known of a task when nothing happens any more. */
    synchronized void found(String task, String status) {
        accepted.put(task, status);
    }

    synchronized List<String> tasks() {
        return List.copyOf(accepted.keySet());
    }

    /** How many have come to their end before some reader. */
    synchronized long readToTheEnd() {
        return readings.values().stream().filter(reading -> LAST.contains(reading.lastType)).count();
    }

    synchronized int refusals() {
        return refused;
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** What was promised and not kept; empty when all was. */
    synchronized List<String> violations() {
        List<String> wrong = new ArrayList<>();
        accepted.forEach((task, status) -> {
            if (!List.of("COMPLETED", "FAILED", "CANCELLED", "EXPIRED").contains(status)) {
                wrong.add("task " + task + " was accepted and is " + (status.isEmpty() ? "lost" : status));
            }
        });
        readings.forEach((reader, reading) -> {
            if (!reading.problem.isEmpty()) {
                wrong.add(reader + ": " + reading.problem);
            } else if (!LAST.contains(reading.lastType)) {
                wrong.add(reader + " saw no end after event " + reading.last);
            }
        });
        return wrong;
    }

    /** Writes all that as Markdown. */
    synchronized void report(Path file, String title, long seed) {
        StringBuilder text = new StringBuilder("# " + title + "\n\nSeed " + seed + ", "
                + Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s, " + accepted.size() + " tasks accepted, "
                + refused + " refused, " + readings.size() + " readers, " + events + " events.\n\n");
        figures.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\n## Faults\n\n");
        faults.forEach(fault -> text.append("- ").append(fault).append('\n'));
        List<String> wrong = violations();
        text.append("\n## Verdict\n\n").append(wrong.isEmpty() ? "Every promise was kept.\n" : "");
        wrong.forEach(line -> text.append("- ").append(line).append('\n'));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
