package dev.rbees.ctl.matrix;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The part of the page on published models: what the last trial of each on each backend has shown. */
final class PublishedModels {

    private static final Map<String, String> TITLES = titles();

    private final Map<Key, Found> cells;

    private record Key(String model, String backend) {}

    private record Found(Cell cell, LocalDate date, Results.@Nullable Facts machine) {}

    private PublishedModels(Map<Key, Found> cells) {
        this.cells = cells;
    }

    private static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put("smollm2-135m", "SmolLM2 135M Instruct");
        titles.put("qwen-0.5b", "Qwen2.5 0.5B Instruct");
        titles.put("tinyllama", "TinyLlama 1.1B Chat");
        titles.put("phi3", "Phi-3 Mini 4K Instruct");
        titles.put("mistral", "Mistral 7B Instruct v0.2");
        return titles;
    }

    /** The models that are tried where nobody names others. */
    static List<String> usual() {
        return List.copyOf(TITLES.keySet());
    }

    /** @param results oldest first: the newest that tried anything counts */
    static PublishedModels of(List<Results> results) {
        Map<Key, Found> cells = new LinkedHashMap<>();
        results.forEach(result -> result.runs().forEach(run -> run.cells().forEach(cell -> {
            Key key = new Key(cell.model(), cell.backend());
            boolean tried = cell.status() == Cell.Status.PASSED || cell.status() == Cell.Status.FAILED;
            if (tried || !cells.containsKey(key)) {
                cells.put(key, new Found(cell, result.date(), run.machine()));
            }
        })));
        return new PublishedModels(cells);
    }

    /** Ids of the models of an architecture that passed on a backend. */
    List<String> passed(String architecture, String backend) {
        return cells.values().stream().map(Found::cell).filter(cell -> cell.backend().equals(backend)
                && cell.status() == Cell.Status.PASSED && architecture.equals(cell.architecture())).map(Cell::model)
                .toList();
    }

    List<String> section() {
        Set<String> own = new TreeSet<>(cells.keySet().stream().map(Key::model).toList());
        own.removeAll(TITLES.keySet());
        List<String> backends = SupportPage.BACKENDS.stream().filter(backend -> !backend.equals("webgpu")
                || cells.keySet().stream().anyMatch(key -> key.backend().equals(backend))).toList();
        List<List<String>> rows = Stream.concat(TITLES.keySet().stream(), own.stream()).map(model -> Stream.concat(
                Stream.of("`" + model + "` (" + TITLES.getOrDefault(model, "own") + ")"),
                backends.stream().map(backend -> shown(cells.get(new Key(model, backend))))).toList()).toList();
        List<String> lines = new ArrayList<>(List.of("## Published models", "", count(Cell.Status.PASSED) + " of "
                + (count(Cell.Status.PASSED) + count(Cell.Status.FAILED))
                + " cells that could be tried passed; the others were not tried, and why is said.", ""));
        lines.addAll(SupportPage.table(Stream.concat(Stream.of("model"), backends.stream()).toList(), rows));
        lines.addAll(List.of("Machines:", ""));
        lines.addAll(machines());
        lines.addAll(List.of("",
                "Start is of a second start, when the import lies in the cache. The speed is of one stream of 64 tokens, beside whatever else",
                "the machine did; [PERFORMANCE.md](PERFORMANCE.md) has measurements of speed. Memory is what the process holds.",
                ""));
        return lines;
    }

    private long count(Cell.Status status) {
        return cells.values().stream().filter(found -> found.cell().status() == status).count();
    }

    private static String shown(@Nullable Found found) {
        if (found == null) {
            return "untested";
        }
        Cell cell = found.cell();
        String why = " (" + found.date() + "): " + SupportPage.plain(Objects.requireNonNullElse(cell.reason(), "no reason"));
        return switch (cell.status()) {
            case PASSED -> "measured " + found.date() + ": " + String.valueOf(cell.format()).toUpperCase(Locale.ROOT) + " "
                    + cell.quantization() + ", start " + cell.startSeconds() + " s, " + cell.tokensPerSecond()
                    + " tokens/s, "
                    + megabytes(cell.residentBytes());
            case FAILED -> "**failed**" + why;
            case REFUSED -> "refused" + why;
            case SKIPPED -> "untested" + why;
        };
    }

    private static String megabytes(@Nullable Long bytes) {
        return bytes == null ? "memory not known" : Math.round(bytes / 1e6) + " MB";
    }

    private Set<String> machines() {
        Set<String> lines = new LinkedHashSet<>();
        cells.values().forEach(found -> {
            Results.Facts machine = found.machine();
            if (machine != null) {
                lines.add("- " + found.date() + ": " + machine.system() + ", "
                        + Objects.requireNonNullElse(machine.processor(), "processor not known") + ", "
                        + Math.round(machine.memoryBytes() / 1e9) + " GB, "
                        + (machine.gpus().isEmpty() ? "no graphics card" : machine.gpus())
                        + (machine.load() == null ? "" : ", load " + machine.load() + " when it began"));
            }
        });
        return lines;
    }
}
