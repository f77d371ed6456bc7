package dev.rbees.worker.grammar;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Texts that a schema narrows. */
final class StringNodes {

    private final Graph graph;
    private final TextNodes texts;
    private final Map<String, Rule> known = new HashMap<>();

    StringNodes(Graph graph, TextNodes texts) {
        this.graph = graph;
        this.texts = texts;
    }

    Node of(Place place, Node next) {
        JsonNode schema = place.schema();
        int least = bounded(schema, "minLength", 0);
        int most = bounded(schema, "maxLength", GrammarLimits.TEXT);
        if (least > most) {
            return graph.never();
        }
        String key = least + "/" + most + "/" + schema.path("format") + "/" + schema.path("pattern");
        Rule rule = known.get(key);
        if (rule == null) {
            rule = make(place, least, most);
            known.put(key, rule);
        }
        return graph.call(rule, next);
    }

    private Rule make(Place place, int least, int most) {
        TextAutomaton automaton = automaton(place);
        if (automaton == null) {
            return texts.free(least, most);
        }
        if (least == 0) {
            return texts.accepted(automaton, most);
        }
        // why: whether an automaton can still accept a long enough text is known only when the length is part of its states
        TextAutomaton.checkSize(least);
        return texts.accepted(automaton.and(TextAutomaton.atLeast(least), graph.budget()), most);
    }

    private @Nullable TextAutomaton automaton(Place place) {
        JsonNode schema = place.schema();
        TextAutomaton automaton = null;
        if (schema.has("format")) {
            String pattern = Formats.PATTERNS.get(schema.get("format").asString());
            if (pattern == null) {
                throw SchemaProblem.unsupported(place.pointer(), "format",
                        "known formats are " + String.join(", ", Formats.PATTERNS.keySet().stream().sorted().toList()));
            }
            automaton = RegexAutomaton.of(PatternParser.parse(pattern, place.pointer()), graph.budget());
        }
        if (schema.has("pattern")) {
            TextAutomaton own = RegexAutomaton.of(PatternParser.parse(schema.get("pattern").asString(), place.pointer()),
                    graph.budget());
            automaton = automaton == null ? own : automaton.and(own, graph.budget());
        }
        return automaton;
    }

    private static int bounded(JsonNode schema, String keyword, int absent) {
        JsonNode value = schema.get(keyword);
        if (value == null) {
            return absent;
        }
        // why: more than the limit is as good as no value when it is a lower bound, and the limit when it is an upper one
        return value.decimalValue()
                .min(BigDecimal.valueOf(keyword.equals("maxLength") ? GrammarLimits.TEXT : GrammarLimits.TEXT + 1))
                .intValue();
    }
}
