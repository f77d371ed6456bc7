package dev.rbees.worker.template;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.task.Message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** A template comes with a model and may want to use up the worker; it ends with an error, and soon. */
class HostileTemplateTest {

    /** why: a guard that is missing takes minutes or for ever, one that works milliseconds; this is no measurement. */
    private static final Duration FOR_EVER = Duration.ofSeconds(60);

    private static final String BIG_TEXT = "{% set t = 'x' * 4000000 %}";
    private static final String BIG_LIST = "{% set l = [1] * 900000 %}";
    private static final String MANY_TIMES = "{% for i in range(99999) %}";

    private static void refuses(String template) {
        assertTimeoutPreemptively(FOR_EVER, () -> assertThatThrownBy(() -> render(template))
                .isInstanceOf(TemplateException.class));
    }

    private static String render(String template) {
        return ChatTemplate.parse(template, "<s>", "</s>", Clock.systemUTC()).render(List.of(Message.user("Hi")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{{ 'x' * 999999999 }}", "{{ 999999999 * 'x' }}", "{{ range(999999999) }}",
        "{{ range(-9223372036854775807, 9223372036854775807) }}",
        "{{ [1] * 999999999 }}", "{% set a = ['x' * 1000000] * 1000 %}{{ a | join }}",
        "{{ [] * 999999999 + [1] * 999999999 }}",
        "{% set a = ['x' * 1000000] * 1000 %}{{ a }}", "{% set a = ['x' * 1000000] * 1000 %}{{ a | tojson }}",
        "{{ ('a' * 1000000) | replace('a', 'b' * 1000) }}", "{{ ('a' * 1000000) | replace('', 'b' * 1000) }}",
        "{% for i in range(99999) %}{{ 'x' * 1000 }}{% endfor %}", "{{ ('a\n' * 4000000) | indent(64) }}",
        "{{ ('{}' * 100000).format('x' * 1000) }}", "{{ ('{0}' * 1000000).format('x' * 1000) }}",
        "{{ '{:999999999}'.format('x') }}",
        "{{ ('\\x01' * 4000000) | tojson }}", "{{ strftime_now('%B' * 1000000) }}", "{{ 10 ** 999999 }}",
        "{{ 9999999999 * 9999999999 }}",
        "{{ ('a ' * 4000000).split() }}", "{{ ('a,' * 4000000).split(',') }}", "{{ ('a,' * 4000000).rsplit(',') }}",
        "{{ ('a\n' * 4000000).splitlines() }}", "{{ ('x' * 4000000) | list }}", "{{ ('&' * 4000000) | escape }}",
        "{{ [[1]] | tojson(indent=' ' * 1000000) }}"})
    void isRefusedForSizes(String template) {
        refuses(template);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        BIG_TEXT + MANY_TIMES + "{{ 'a' in t }}{% endfor %}", BIG_TEXT + MANY_TIMES + "{{ t.find('a') }}{% endfor %}",
        BIG_TEXT + MANY_TIMES + "{{ t|length }}{% endfor %}", BIG_TEXT + MANY_TIMES + "{{ t[5] }}{% endfor %}",
        BIG_TEXT + MANY_TIMES + "{{ t[5:6] }}{% endfor %}", BIG_TEXT + MANY_TIMES + "{{ t is lower }}{% endfor %}",
        BIG_TEXT + MANY_TIMES + "{{ t.count('y') }}{% endfor %}", BIG_TEXT + MANY_TIMES + "{{ t|int }}{% endfor %}",
        BIG_TEXT + "{% set u = t ~ '' %}" + MANY_TIMES + "{{ t == u }}{% endfor %}",
        BIG_TEXT + "{% set u = t ~ '' %}" + MANY_TIMES + "{{ t < u }}{% endfor %}",
        BIG_TEXT + "{% set u = t ~ '' %}{{ ([t, u] * 10000)|sort|length }}",
        BIG_TEXT + "{% set u = t[1:] ~ 'y' %}{{ u in [t] * 10000 }}",
        BIG_TEXT + "{{ ([t] * 10000)|map('length')|list|length }}",
        BIG_TEXT + "{{ ([t] * 10000)|select('lower')|list|length }}",
        BIG_LIST + MANY_TIMES + "{{ 2 in l }}{% endfor %}", BIG_LIST + MANY_TIMES + "{{ l|first }}{% endfor %}",
        BIG_LIST + MANY_TIMES + "{{ l.count(2) }}{% endfor %}",
        BIG_LIST + MANY_TIMES + "{% for x in l if false %}{% endfor %}{% endfor %}",
        BIG_LIST + MANY_TIMES + "{{ l[1:2] }}{% endfor %}", BIG_LIST + MANY_TIMES + "{{ l == l + [] }}{% endfor %}",
        "{{ range(100000)|unique|list|length }}",
        "{% for i in range(99999) %}{{ strftime_now('%d' * 100)|length }}{% endfor %}"})
    void isRefusedForWork(String template) {
        refuses(template);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% macro m(x=m()) %}{% endmacro %}{{ m() }}",
        "{% macro m() %}{% for i in range(9) %}{{ m() }}{% endfor %}{% endmacro %}{{ m() }}",
        "{% set n = namespace() %}{% set n.n = n %}{{ n }}", "{% set n = namespace() %}{% set n.n = n %}{{ [n] | tojson }}",
        "{% set n = namespace() %}{% set n.n = [n] %}{{ n.n == [[n.n]] + [] }}{{ n }}",
        "{% set n = namespace(x=[]) %}{% for i in range(100) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}",
        "{% set n = namespace(x=[]) %}{% for i in range(100) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x | tojson }}",
        "{% set n = namespace(x=1, y=1) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}",
        "{% set n = namespace(x=1) %}{% for i in range(60) %}{% set n.x = {'a': n.x, 'b': n.x} %}{% endfor %}{{ n.x | tojson }}"})
    void isRefusedForNesting(String template) {
        refuses(template);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{1:", "not ", "-", "+", "f(", "a[", "1 if 1 else ", "x|f(", "x is f(", "{% if 1 %}",
        "{% for a in b %}",
        "{% macro m() %}", "{% set x %}", "{% filter f %}", "{% generation %}"})
    void cannotNestTheParserWithoutEnd(String opening) {
        String begin = opening.startsWith("{%") ? "" : "{{ ";
        refuses(begin + opening.repeat(50_000) + "1 }}");
    }

    @ParameterizedTest
    @ValueSource(strings = {".b", "[0]", "()", "|string", " + 1", " ~ 1", " ** 1", " and 1", " or 1", " is none"})
    void cannotChainWithoutEnd(String link) {
        refuses("{{ 1" + link.repeat(50_000) + " }}");
    }

    @Test
    void aTemplateOfBracketsIsReadInOnePass() {
        refuses("{{ " + "{".repeat(150_000) + "}".repeat(150_000));
        refuses("{{ " + "'}}' ".repeat(100_000) + "{ }}");
        refuses("{{ {" + "}} ".repeat(100_000));
    }

    @Test
    void aTemplateOfManyTagsIsReadInOnePass() {
        assertThat(assertTimeoutPreemptively(FOR_EVER, () -> render("{# #}".repeat(100_000)))).isEmpty();
        assertThat(assertTimeoutPreemptively(FOR_EVER, () -> render("{% set x = 1 %}".repeat(50_000)))).isEmpty();
        assertThat(assertTimeoutPreemptively(FOR_EVER, () -> render("{ ".repeat(500_000)))).hasSize(1_000_000);
    }

    @Test
    void literalsThatAreTooLargeAreRefused() {
        assertThatThrownBy(() -> render("{{ " + "9".repeat(500_000) + " }}")).hasMessageContaining("a number is too long");
        assertThatThrownBy(() -> render("{{ 1e" + "9".repeat(500_000) + " }}")).hasMessageContaining("a number is too long");
        assertThatThrownBy(() -> render("x".repeat(1024 * 1024 + 1))).hasMessageContaining("longer than");
        assertThat(render("x".repeat(1024 * 1024))).hasSize(1024 * 1024);
    }

    @Test
    void whatIsJustWithinTheLimitsIsWritten() {
        assertThat(render("{{ 'x' * 4000000 }}")).hasSize(4_000_000);
        assertThat(render("{{ " + "(".repeat(45) + "1" + ")".repeat(45) + " }}")).isEqualTo("1");
        assertThat(render("{{ 1" + " ~ 1".repeat(400) + " }}")).hasSize(401);
        assertThat(render("{% macro m(n) %}{% if n > 1 %}{{ m(n - 1) }}{% endif %}x{% endmacro %}{{ m(60) }}")).hasSize(60);
        assertThat(render("{% for i in range(90000) %}x{% endfor %}")).hasSize(90_000);
        assertThat(render("{% set n = namespace(x=1) %}{% for i in range(60) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}"))
                .isEqualTo("[".repeat(60) + "1" + "]".repeat(60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"''.__class__", "''.getClass", "''.class", "messages.__class__", "messages[0].__init__",
        "range.__globals__",
        "raise_exception.__globals__", "namespace().__class__", "namespace.__init__", "loop", "self", "cycler", "joiner",
        "lipsum",
        "config", "request", "messages.stream", "messages.getFirst", "messages[0].entrySet", "1 .intValue",
        "true.booleanValue",
        "'a'.chars", "'a'.bytes", "messages.size", "strftime_now.clock", "'x'|attr"})
    void nothingOfJavaOrPythonIsReached(String expression) {
        String written;
        try {
            written = render("{{ " + expression + " }}");
        } catch (TemplateException e) {
            written = "";
        }
        assertThat(written).isEmpty();
    }

    @Test
    void aReasonThatATemplateGivesIsCut() {
        assertThatThrownBy(() -> render("{{ raise_exception('x' * 1000000) }}"))
                .isInstanceOfSatisfying(TemplateException.class, e -> assertThat(e.raisedByTemplate()).isTrue())
                .hasMessage("x".repeat(500) + "…");
    }
}
