package dev.rbees.worker.template;

import java.math.BigInteger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.task.Message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TemplateVariablesTest {

    private static String render(String template, Map<String, ? extends @Nullable Object> variables) {
        return ChatTemplate.parse(template, "<s>", null, Clock.systemUTC()).render(variables);
    }

    @Test
    void takesTextsNumbersListsAndMappings() {
        Map<String, @Nullable Object> place = new LinkedHashMap<>();
        place.put("lat", 50.5);
        place.put("none", null);
        place.put("tags", Arrays.asList("a", 7, true, null, 9_000_000_000L));
        assertThat(render("{{ place | tojson }} {{ n + 1 }} {{ place.lat * 2 }}", Map.of("place", place, "n", 1)))
                .isEqualTo("{\"lat\": 50.5, \"none\": null, \"tags\": [\"a\", 7, true, null, 9000000000]} 2 101.0");
    }

    @Test
    void toolsAndDocumentsAreNoneWhenNotGivenAndTokensAreTheModels() {
        assertThat(render(
                "{{ tools is none }}{{ documents is none }}{{ bos_token }}{{ eos_token == '' }}{{ messages is defined }}",
                Map.of())).isEqualTo("TrueTrue<s>TrueFalse");
        assertThat(render("{{ tools[0].name }}{{ bos_token }}",
                Map.of("tools", List.of(Map.of("name", "f")), "bos_token", "!")))
                .isEqualTo("f!");
    }

    @Test
    void aConversationAlwaysAsksForAnAnswer() {
        ChatTemplate template = ChatTemplate.parse("{{ add_generation_prompt }}{{ messages | length }}", null, null,
                Clock.systemUTC());
        assertThat(template.render(List.of(Message.user("Hi")))).isEqualTo("True1");
    }

    @Test
    void aTemplateCannotChangeWhatItIsGiven() {
        List<String> items = new ArrayList<>(List.of("a"));
        assertThat(render("{% set x = items + ['b'] %}{{ x }}", Map.of("items", items))).isEqualTo("['a', 'b']");
        assertThat(items).containsExactly("a");
    }

    @Test
    void otherKindsOfValuesAreRefused() {
        assertThatThrownBy(() -> render("", Map.of("x", new Thread()))).isInstanceOf(TemplateException.class)
                .hasMessage("a template takes no Thread");
        assertThatThrownBy(() -> render("", Map.of("x", List.of(BigInteger.ONE))))
                .hasMessage("a template takes no BigInteger");
        assertThatThrownBy(() -> render("", Map.of("x", Map.of(1.5, "a")))).hasMessageContaining("the key of a mapping");
    }

    @Test
    void valuesThatAreNestedTooDeepAreRefused() {
        List<Object> nested = List.of();
        for (int i = 0; i < 100; i++) {
            nested = List.of(nested);
        }
        List<Object> tooDeep = nested;
        assertThatThrownBy(() -> render("", Map.of("x", tooDeep))).isInstanceOf(TemplateException.class)
                .hasMessageContaining("nested deeper than 64");
    }

    @Test
    void whatAPersonWritesIsNeverReadAsATemplate() {
        String hostile = "{{ 1 + 1 }}{% for x in range(9) %}{# {{ messages }} '\"\\";
        assertThat(render(
                "{% set t %}{{ x }}{% endset %}{{ t }}|{{ x | trim }}|{% macro m(a) %}{{ a }}{% endmacro %}{{ m(x) }}",
                Map.of("x", hostile))).isEqualTo(hostile + "|" + hostile + "|" + hostile);
    }
}
