package dev.rbees.ctl.matrix;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import tools.jackson.databind.JsonNode;

/**
 * The part of the page on architectures: how far tiny models with random weights differ from transformers. The results are those that
 * {@code worker-service/benchmark/run architectures} writes.
 */
final class RandomWeights {

    /** How files with such results say what they are. */
    static final String KIND = "architectures";

    private static final List<Form> FORMS = List.of(new Form("f32", "float32", "safetensors F32"),
            new Form("bf16-sharded", "float32", "safetensors BF16, sharded"),
            new Form("f16-config-of-version-4", "float32", "safetensors F16"),
            new Form("bf16-sharded", "int8", "safetensors BF16 → int8"), new Form("gguf F32", "float32", "GGUF F32"),
            new Form("gguf Q8_0", "int8", "GGUF Q8_0"));

    private final List<JsonNode> results;

    private record Form(String format, String weights, String title) {}

    /** @param results oldest first */
    RandomWeights(List<JsonNode> results) {
        this.results = List.copyOf(results);
    }

    Optional<JsonNode> newest() {
        return results.isEmpty() ? Optional.empty() : Optional.of(results.getLast());
    }

    List<String> section() {
        return newest().map(RandomWeights::section).orElse(List.of("## Architectures", "", "untested", ""));
    }

    private static List<String> section(JsonNode newest) {
        List<List<String>> rows = entries(newest).filter(entry -> !refused(entry)).map(entry -> Stream.concat(
                Stream.of(entry.path("name").asString("")), FORMS.stream().map(form -> shown(entry, form))).toList())
                .toList();
        List<String> lines = new ArrayList<>(List.of("## Architectures, with random weights, on the CPU", "",
                "Tiny models of every architecture and variant, made by transformers "
                        + newest.path("transformers").asString("")
                        + " (" + newest.path("date").asString("") + "). A number is the relative",
                "RMS by which our logits differ from its 32-bit ones, over all positions, the larger of prefill and decode. Limits:",
                limit(newest, "float32") + " where weights stay 32-bit numbers, " + limit(newest, "int8")
                        + " where weights and activations have 8 bits, as by default",
                "(sums of so few random numbers are off by more than those of a trained model). \"–\" means there is no such file:",
                "GGUF cannot say it.", ""));
        lines.addAll(SupportPage.table(Stream.concat(Stream.of("model"), FORMS.stream().map(Form::title)).toList(), rows));
        lines.addAll(failures(newest));
        lines.addAll(List.of("Refused, as they should be:", ""));
        lines.addAll(refusals(newest));
        lines.add("");
        return lines;
    }

    private static Stream<JsonNode> entries(JsonNode newest) {
        return nodes(newest.path("results"));
    }

    private static Stream<JsonNode> cells(JsonNode entry) {
        return nodes(entry.path("cells"));
    }

    private static Stream<JsonNode> nodes(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static boolean refused(JsonNode entry) {
        return entry.path("refused").asBoolean();
    }

    private static String limit(JsonNode newest, String weights) {
        return BigDecimal.valueOf(newest.path("limits").path(weights).path("all").asDouble()).stripTrailingZeros()
                .toPlainString();
    }

    private static String shown(JsonNode entry, Form form) {
        return cells(entry).filter(cell -> cell.path("format").asString("").equals(form.format())
                && cell.path("weights").asString("").equals(form.weights())).findFirst().map(RandomWeights::shown)
                .orElse("–");
    }

    private static String shown(JsonNode cell) {
        if (!cell.has("prefill")) {
            return "**failed**";
        }
        double off = Math.max(cell.path("prefill").path("all").asDouble(), cell.path("decode").path("all").asDouble());
        String text = String.format(Locale.ROOT, "%.0e", off);
        return cell.path("passed").asBoolean() ? text : "**off by " + text + "**";
    }

    /** Why models failed that should run: each reason once, with how many cells it is of. */
    private static List<String> failures(JsonNode newest) {
        Map<String, Integer> reasons = new LinkedHashMap<>();
        entries(newest).filter(entry -> !refused(entry)).flatMap(RandomWeights::cells).filter(cell -> !cell.has("prefill"))
                .forEach(cell -> reasons.merge(reason(cell, "it did not run"), 1, Integer::sum));
        if (reasons.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(List.of("Failed:", ""));
        reasons.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .forEach(reason -> lines.add("- " + reason.getValue() + " cells: " + reason.getKey()));
        lines.add("");
        return lines;
    }

    private static List<String> refusals(JsonNode newest) {
        List<String> lines = new ArrayList<>();
        entries(newest).forEach(entry -> {
            TreeSet<String> right = new TreeSet<>();
            TreeSet<String> wrong = new TreeSet<>();
            cells(entry).forEach(cell -> {
                if (cell.path("passed").asBoolean() && cell.has("refused")) {
                    right.add(reason(cell, ""));
                } else if (refused(entry) && !cell.path("passed").asBoolean()) {
                    wrong.add(reason(cell, "it was accepted"));
                }
            });
            String name = entry.path("name").asString("");
            right.forEach(reason -> lines.add("- " + name + ": " + reason));
            wrong.forEach(reason -> lines.add("- " + name + ": **not refused when it is loaded**, but: " + reason));
        });
        return lines;
    }

    private static String reason(JsonNode cell, String absent) {
        return SupportPage.plain(cell.path("refused").asString(cell.path("failed").asString(absent)));
    }
}
