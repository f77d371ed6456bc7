package dev.rbees.worker.template;

import java.time.Clock;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.task.Message;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is an error in jinja2 is one here, and what we do not support says so by name. */
class RefusedTemplateTest {

    private static void render(String template) {
        ChatTemplate.parse(template, "<s>", "</s>", Clock.systemUTC()).render(List.of(Message.user("Hi")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'a' + 1", "none + 'a'", "'a' < 1", "[1] + (2,)", "missing.name", "missing['name']", "missing()",
        "missing + 'a'", "1 in none", "1 in 'a'", "none|length", "1|list", "none|join", "[1, 'a']|sort", "'a,b'.split('')",
        "[1].index(2)", "', '.join([1])", "{'a': 1}.pop('a')", "{'a': 1}.update({})", "[1].append(2)", "{[1]: 2}",
        "'{'.format(1)", "'}'.format(1)", "'{} {}'.format(1)", "'{1}'.format('a')", "'{a}'.format(b=1)", "1|items",
        "[1]|dictsort",
        "[1]|map('nothing')|list", "[1]|select('nothing')|list", "messages|map|list", "[1]|map('upper')|length", "range()",
        "range(1, 2, 3, 4)", "range('a')", "1 % 0", "1 // 0", "1 is divisibleby 0", "'a'|abs", "'a'|round", "-'a'", "+none",
        "'a'.startswith(['a'])", "'a'|replace('a')", "1 is in", "'a' is odd", "namespace(1)", "dict(1)", "1.upper()",
        "missing|tojson", "range|tojson", "[1]|map('upper')|tojson", "namespace()|tojson", "'a' - 'b'", "loop.index",
        "('a'|safe) + 1", "(1 if false).x", "'x'|safe|length + 'a'"})
    void failsWhereJinjaFails(String expression) {
        assertThatThrownBy(() -> render("{{ " + expression + " }}")).isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}",
        "{% set a, b = 1, 2, 3 %}", "{% set a, b = 1 %}", "{% set x = 1 %}{% set x.y = 2 %}", "{% set x.y = 2 %}",
        "{% for a, b in [1] %}{% endfor %}", "{% for a in 1 %}{% endfor %}", "{% for a in none %}{% endfor %}",
        "{% for i in [1] %}{{ loop.cycle() }}{% endfor %}"})
    void failsWhereAStatementOfJinjaFails(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', value = {
        "{% include 'x' %} => line 1: the statement 'include' is not supported",
        "{% call x() %}{% endcall %} => line 1: the statement 'call' is not supported",
        "{% for x in y recursive %}{% endfor %} => line 1: 'recursive' loops are not supported",
        "{{ 1|nothing }} => the filter 'nothing' is not supported",
        "{{ 1 is nothing }} => the test 'nothing' is not supported",
        "{{ '{:>9}'.format(1) }} => the place '{:>9}' of 'format' is not supported",
        "{{ strftime_now('%Q') }} => the time format '%Q' is not supported",
        "{{ '\\N{BEE}' }} => line 1: characters by name are not supported in a string",
        "{{ 0x10 }} => line 1: a number with letters is not supported"})
    void namesWhatItDoesNotSupport(String template, String message) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ '\\x4' }}", "{{ '\\uD' }}", "{{ '\\U00110000' }}", "{{ 'a\\", "{{ 'a\\' }}", "{{ [1} }}",
        "{{ (1] }}",
        "{{ }} }}", "{{ ) }}", "{#", "{#}", "{{", "{%", "{% filter %}{% endfilter %}", "{% filter upper %}",
        "{{ x|first.name }}",
        "{{ x|first[0] }}", "{% generation %}", "{% endfilter %}", "{{ a.1b }}", "{{ $ }}", "{{ f(*a) }}", "{{ f(a=1, 2 }}"})
    void refusesWhatCannotBeRead(String template) {
        assertThatThrownBy(() -> ChatTemplate.parse("\n" + template, null, null, Clock.systemUTC()))
                .isInstanceOf(TemplateException.class).hasMessageStartingWith("line 2: ");
    }
}
