package dev.rbees.worker.template;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.task.Message;
import dev.rbees.api.task.Message.Role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChatTemplateTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-07T09:05:00Z"), ZoneOffset.UTC);
    private static final List<Message> TALK = List.of(new Message(Role.SYSTEM, "Be brief."), Message.user("Hi {{ x }}"),
            new Message(Role.ASSISTANT, " Hello. "), Message.user("Bye"));

    private static String render(String template) {
        return render(template, TALK);
    }

    private static String render(String template, List<Message> messages) {
        return ChatTemplate.parse(template, "<s>", "</s>", CLOCK).render(messages);
    }

    @Test
    void writesTheMessagesInOrder() {
        assertThat(render("{% for m in messages %}[{{ m.role }}|{{ m['content'] }}]{% endfor %}"))
                .isEqualTo("[system|Be brief.][user|Hi {{ x }}][assistant| Hello. ][user|Bye]");
    }

    @Test
    void writesAConversationInTheChatMlFormat() {
        String template = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
                + "{{ '<|im_start|>system\nDefault<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n'"
                + " + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}"
                + "{{ '<|im_start|>assistant\n' }}{% endif %}";
        assertThat(render(template, List.of(Message.user("Hi"))))
                .isEqualTo("<|im_start|>system\nDefault<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
        assertThat(render(template, TALK)).startsWith("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n");
    }

    @Test
    void writesAConversationWithTurnsInBrackets() {
        String template = """
                          {{- bos_token }}
                          {%- if messages[0].role == 'system' %}
                              {%- set system = messages[0].content|trim %}
                              {%- set rest = messages[1:] %}
                          {%- else %}
                              {%- set system = none %}
                              {%- set rest = messages %}
                          {%- endif %}
                          {%- for message in rest %}
                              {%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}
                                  {{- raise_exception('Roles must alternate') }}
                              {%- endif %}
                              {%- if message.role == 'user' %}
                                  {{- '[INST] ' + (system + '\\n\\n' if loop.first and system is not none else '') + message.content + ' [/INST]' }}
                              {%- else %}
                                  {{- ' ' ~ message.content | trim ~ eos_token }}
                              {%- endif %}
                          {%- endfor %}
                          """;
        assertThat(render(template, TALK)).isEqualTo(
                "<s>[INST] Be brief.\n\nHi {{ x }} [/INST] Hello.</s>[INST] Bye [/INST]");
        assertThatThrownBy(() -> render(template, List.of(Message.user("a"), Message.user("b"))))
                .isInstanceOfSatisfying(TemplateException.class, e -> assertThat(e.raisedByTemplate()).isTrue())
                .hasMessage("Roles must alternate");
    }

    @Test
    void setsOutliveALoopOnlyInANamespace() {
        assertThat(render("{% set n = 0 %}{% for m in messages %}{% set n = n + 1 %}{% endfor %}{{ n }}")).isEqualTo("0");
        assertThat(render(
                "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}"))
                .isEqualTo("4");
    }

    @Test
    void callsMacros() {
        assertThat(render("{% macro tag(name, text='-') %}<{{ name }}>{{ text }}</{{ name }}>{% endmacro %}"
                + "{{ tag('a') }}{{ tag('b', text='c') }}{{ tag('d', 'e') | upper }}"))
                .isEqualTo("<a>-</a><b>c</b><D>E</D>");
    }

    @Test
    void knowsBlockAssignmentsLoopFiltersAndJumps() {
        assertThat(render("{% set t %}x{{ 1 + 1 }}{% endset %}{{ t }}")).isEqualTo("x2");
        assertThat(render("{% for m in messages if m.role == 'user' %}{{ loop.index }}{{ m.content }};{% endfor %}"))
                .isEqualTo("1Hi {{ x }};2Bye;");
        assertThat(
                render("{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}"
                        + "{{ i }}{% endfor %}"))
                .isEqualTo("013");
        assertThat(render("{% for x in [] %}a{% else %}none{% endfor %}")).isEqualTo("none");
        assertThat(render("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }}{{ ',' if not loop.last }}{% endfor %}"))
                .isEqualTo("a=1,b=2");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', value = {
        "1 + 2 * 3 => 7",
        "(1 + 2) * 3 => 9",
        "7 // 2 ~ '/' ~ 7 % 2 ~ '/' ~ 7 / 2 => 3/1/3.5",
        "-7 // 2 => -4",
        "2 ** 3 => 8",
        "'a' * 3 => aaa",
        "-3|abs => 3",
        "1 < 2 and not 3 < 2 => True",
        "1 < 2 < 3 => True",
        "'b' in 'abc' => True",
        "'x' not in ['a', 'b'] => True",
        "none or 'or' => or",
        "0 and 'and' => 0",
        "'yes' if 1 == 1.0 else 'no' => yes",
        "[1, 'a', none, true, 1.5] => [1, 'a', None, True, 1.5]",
        "{'k': [1]} => {'k': [1]}",
        "'abcdef'[1:4] => bcd",
        "'abcdef'[::-1] => fedcba",
        "'abcdef'[-2:] => ef",
        "[1, 2, 3][-1] => 3",
        "[1, 2, 3][::2] => [1, 3]",
        "messages | length => 4",
        "messages | map(attribute='role') | join('+') => system+user+assistant+user",
        "messages | selectattr('role', 'equalto', 'user') | list | length => 2",
        "messages | rejectattr('role', '==', 'user') | first | tojson => {\"role\": \"system\", \"content\": \"Be brief.\"}",
        "missing | default('d') => d",
        "'' | default('d', true) => d",
        "missing is defined => False",
        "missing is not defined => True",
        "none is none => True",
        "'a' is string and [] is sequence and {} is mapping => True",
        "3 is odd and 4 is even and 9 is divisibleby(3) => True",
        "'a-b-c'.split('-')[1] => b",
        "' x '.strip() ~ '|' ~ 'xxa'.lstrip('x') => x|a",
        "'abc'.startswith('ab') and 'abc'.endswith(('x', 'bc')) => True",
        "'a b'.title() ~ 'xY'.upper() ~ 'xY'.lower() ~ 'xY' | capitalize => A BXYxyXy",
        "'aXbX' | replace('X', '-') => a-b-",
        "{'a': 1}.get('b', 2) => 2",
        "{'a': 1} | tojson => {\"a\": 1}",
        "'ü\\\"' | tojson => \"ü\\\"\"",
        "['b', 'a', 'b'] | unique | sort | join => ab",
        "strftime_now('%d %b %Y') => 07 Mar 2026",
        "'%' ~ 1 | string => %1",
        "'12' | int + 1 => 13",
        "[[1, 2], [3]] | last | first => 3",
        "dict(a=1).a => 1"})
    void worksOutExpressions(String expression, String expected) {
        assertThat(render("{{ " + expression + " }}")).isEqualTo(expected);
    }

    @Test
    void trimsAroundBlocksAsModelPublishersExpect() {
        assertThat(render("a\n  {% if true %}\nb\n  {% endif %}\nc\n")).isEqualTo("a\nb\nc");
        assertThat(render("a {{- 'b' -}} c")).isEqualTo("abc");
        assertThat(render("a\n  {{ 'b' }}\nc")).isEqualTo("a\n  b\nc");
        assertThat(render("a {# comment #} b {#- more -#} c")).isEqualTo("a  bc");
        assertThat(render("  {%+ if true %}x{% endif %}")).isEqualTo("  x");
        assertThat(render("x{% if true -%}\n\n  y{%- endif %}  z")).isEqualTo("xy  z");
        assertThat(render("{% if true %}\n  {% if true %}\nx\n  {% endif %}\n{% endif %}\n")).isEqualTo("x\n");
    }

    @Test
    void writesJsonWithAnIndent() {
        assertThat(render("{{ {'a': [1, {}], 'b': []} | tojson(indent=2) }}"))
                .isEqualTo("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
    }

    @Test
    void textOfAMessageIsNeverATemplate() {
        assertThat(render("{{ messages[1].content }}")).isEqualTo("Hi {{ x }}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% if %}", "{{ 1 + }}", "{% for x in %}{% endfor %}", "{% endif %}", "{{ 'open }}",
        "{% if 1 %}",
        "{{ a b }}", "{# open", "{% include 'x' %}", "{{ (1 }}", "{{ [1 }}", "{{ x. }}", "{% set %}", "{{ ! }}",
        "{% macro m( %}{% endmacro %}"})
    void refusesWhatIsNoTemplateAndNamesTheLine(String template) {
        assertThatThrownBy(() -> ChatTemplate.parse("\n" + template, null, null, CLOCK))
                .isInstanceOf(TemplateException.class).hasMessageStartingWith("line 2: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ 'x'.__class__ }}", "{{ messages.__class__.__mro__ }}", "{{ ''.getClass() }}",
        "{{ messages[0].getClass().forName('java.lang.Runtime') }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ messages|attr('class') }}", "{{ 1/0 }}", "{{ missing.name }}", "{{ missing() }}", "{{ 'a' < 1 }}",
        "{{ none + 1 }}", "{% set x = 1 %}{% set x.y = 2 %}", "{{ 9999999999 * 9999999999 }}", "{{ [1,2][::0] }}"})
    void refusesWhatHasNoMeaning(String template) {
        String written;
        try {
            written = render(template);
        } catch (TemplateException e) {
            written = "";
        }
        assertThat(written).isEmpty();
    }

    @Test
    void refusesATemplateThatIsNestedTooDeep() {
        assertThatThrownBy(() -> render("{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}"))
                .hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> render("{% if true %}".repeat(5000) + "{% endif %}".repeat(5000)))
                .hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> render("{{ " + "not ".repeat(5000) + "1 }}")).hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> render("{{ " + "-".repeat(5000) + "1 }}")).hasMessageContaining("nested deeper");
    }
}
