package dev.rbees.ctl.matrix;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/**
 * The page that says which models run, from results of runs over machines and of comparisons with random weights. It says what was
 * run, and nothing else.
 */
public final class SupportPage {

    static final List<String> BACKENDS = List.of("cpu", "cuda", "coreml", "webgpu");
    /** What the configurations of models call an architecture that GGUF and we call otherwise. */
    private static final Map<String, String> OF_MODEL_TYPE = Map.of("gemma3_text", "gemma3");
    private static final String DATE = "date";

    private final PublishedModels models;
    private final RandomWeights architectures;

    private SupportPage(PublishedModels models, RandomWeights architectures) {
        this.models = models;
        this.architectures = architectures;
    }

    /**
     * Reads results.
     *
     * @param documents of either kind, in any order
     * @throws RbeesException INVALID_REQUEST when one is of neither
     */
    public static SupportPage of(List<byte[]> documents) {
        List<Results> runs = new ArrayList<>();
        List<JsonNode> comparisons = new ArrayList<>();
        for (byte[] document : documents) {
            JsonNode tree = Json.readTree(document);
            switch (tree.path("kind").asString("")) {
                case Results.KIND -> runs.add(Json.read(document, Results.class));
                case RandomWeights.KIND -> comparisons.add(tree);
                default -> throw new RbeesException(ErrorCode.INVALID_REQUEST,
                        "it holds no results of models or architectures");
            }
        }
        runs.sort(Comparator.comparing(Results::date));
        comparisons.sort(Comparator.comparing(tree -> tree.path(DATE).asString("")));
        return new SupportPage(PublishedModels.of(runs), new RandomWeights(comparisons));
    }

    /** Writes the page. */
    public void write(Path file) {
        ResultFolder.write(file, markdown());
    }

    /** The page in Markdown. */
    public String markdown() {
        Stream<String> head = Stream.of("# Which models run", "",
                "Made by `rbees test report` from the results in [model-support](model-support); do not edit it. It says what was run,",
                "and nothing else.", "", "## In short", "");
        Stream<String> end = Stream.of("## How to repeat it", "", "```sh",
                "rbees test models --download --results docs/model-support                         # published models, this machine",
                "rbees test models --download --host user@machine --backends cuda --results docs/model-support",
                "worker-service/benchmark/run architectures --output \"$PWD/docs/model-support/architectures.json\"",
                "rbees test report --results docs/model-support --report docs/MODEL_SUPPORT.md     # writes this page",
                "```");
        return String.join("\n", Stream.of(head, overview().stream(), models.section().stream(),
                architectures.section().stream(), end).flatMap(lines -> lines).toList()) + "\n";
    }

    /** What is known of an architecture on each backend. */
    private List<String> overview() {
        Map<String, List<Boolean>> known = new LinkedHashMap<>();
        architectures.newest().ifPresent(newest -> newest.path("results").forEach(entry -> {
            if (!entry.path("refused").asBoolean()) {
                String type = entry.path("architecture").asString("");
                List<Boolean> passed = known.computeIfAbsent(OF_MODEL_TYPE.getOrDefault(type, type), _ -> new ArrayList<>());
                entry.path("cells").forEach(cell -> passed.add(cell.path("passed").asBoolean()));
            }
        }));
        List<List<String>> rows = known.entrySet().stream().map(entry -> Stream.concat(Stream.of(entry.getKey()),
                BACKENDS.stream().map(backend -> known(entry.getKey(), backend, entry.getValue()))).toList()).toList();
        return table(Stream.concat(Stream.of("architecture"), BACKENDS.stream()).toList(), rows);
    }

    private String known(String architecture, String backend, List<Boolean> passed) {
        List<String> real = models.passed(architecture, backend);
        if (!real.isEmpty()) {
            return "measured: " + String.join(", ", real);
        }
        if (!backend.equals("cpu")) {
            return "untested";
        }
        if (passed.contains(false)) {
            return "random weights, **not all right**";
        }
        return passed.isEmpty() ? "untested" : "random weights only";
    }

    /** A table, and a blank line after it. */
    static List<String> table(List<String> head, List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        lines.add("| " + String.join(" | ", head) + " |");
        lines.add("|" + " --- |".repeat(head.size()));
        rows.forEach(row -> lines.add("| " + String.join(" | ", row) + " |"));
        lines.add("");
        return lines;
    }

    /** A text of others on one line, which ends no cell. */
    static String plain(String text) {
        return String.join(" ", text.replace('|', '/').strip().split("\\s+", -1));
    }
}
