package dev.rbees.worker.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.worker.template.ChatTemplate;
import dev.rbees.worker.template.TemplateException;

/**
 * Our chat templates for {@code worker-service/benchmark/templates.py}: reads one JSON command per line from standard input,
 * answers with one JSON line on standard output.
 *
 * <p>
 * A command has a template, an instant (what its clock says, in UTC), a list of cases, each the variables of one rendering,
 * and optionally a number of rounds to time. The answer is {@code {"results": [{"text": …} | {"error": …, "raised": …}]}} in the order of
 * the cases, or {@code {"refused": …}} when the template cannot be read; timed, {@code {"nanos": [one per round]}}.
 */
public final class TemplateProbe {

    private TemplateProbe() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(Json.write(run(Json.readTree(line.getBytes(StandardCharsets.UTF_8)))));
            }
        }
    }

    private static Map<String, ?> run(JsonNode command) {
        Clock clock = Clock.fixed(Instant.parse(command.get("instant").asString()), ZoneOffset.UTC);
        String source = command.get("template").asString();
        List<Map<String, Object>> cases = new ArrayList<>();
        command.get("cases").forEach(variables -> cases.add(variables(variables)));
        if (command.has("rounds")) {
            return Map.of("nanos", times(source, clock, cases.getFirst(), command.get("rounds").asInt()));
        }
        try {
            ChatTemplate template = ChatTemplate.parse(source, null, null, clock);
            return Map.of("results", cases.stream().map(variables -> render(template, variables)).toList());
        } catch (TemplateException e) {
            return Map.of("refused", e.getMessage());
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> variables(JsonNode variables) {
        return Json.mapper().treeToValue(variables, Map.class);
    }

    private static Map<String, ?> render(ChatTemplate template, Map<String, Object> variables) {
        try {
            return Map.of("text", template.render(variables));
        } catch (TemplateException e) {
            return Map.of("error", e.getMessage(), "raised", e.raisedByTemplate());
        }
    }

    /** Of reading the template and rendering it, each time anew. */
    private static List<Long> times(String source, Clock clock, Map<String, Object> variables, int rounds) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            ChatTemplate.parse(source, null, null, clock).render(variables);
            nanos.add(System.nanoTime() - start);
        }
        return nanos;
    }
}
