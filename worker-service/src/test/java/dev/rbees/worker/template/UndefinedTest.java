package dev.rbees.worker.template;

import java.time.Clock;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What nobody set behaves as in Jinja 3.1 with the filters of publishers' tools; the expected texts were made with those. */
class UndefinedTest {

    private static String render(String expression) {
        return ChatTemplate.parse("{{ " + expression + " }}|", "<s>", null, Clock.systemUTC())
                .render(Map.of("m", Map.of("a", 1), "l", List.of(Map.of("x", 1), Map.of("y", 2))));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', value = {
        "u => |", "m.zz => |", "l[9] => |", "'x' ~ u ~ 'y' => xy|", "u | trim => |", "u | upper => |", "u | string => |",
        "u | length => 0|", "u | list => []|", "u | join(',') => |", "u | first => |", "u | items | list => []|",
        "u | sum => 0|", "u | replace('a', 'b') => |", "u | default('d') => d|", "m.q | default('d') => d|",
        "not u => True|", "u or 1 => 1|", "1 if u else 2 => 2|", "('a' if u) ~ 'b' => b|", "u == none => False|",
        "u is defined => False|", "u is none => False|", "u is string => False|", "'x' in u => False|",
        "[u] => [Undefined]|", "l | map(attribute='x') | join(',') => 1,|", "'{}'.format(u) => |", "m.get('q') => None|",
        "l | selectattr('x') | list | length => 1|", "none.x => |"})
    void isWrittenAsNothingAndCountsAsNothing(String expression, String written) {
        assertThat(render(expression)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"u.x", "u['x']", "u[0]", "m.zz.y", "l[9].x", "u()", "m.zz()", "u.strip()", "u + 'x'", "'x' + u",
        "u * 2", "-u", "u < 1", "u in 'abc'", "u[1:]", "u | int", "u | float", "u | abs", "u | round", "u | indent",
        "u | dictsort", "u | tojson", "[u] | tojson", "{'a': u} | tojson", "u.q | default('d')", "range(u)",
        "', '.join([u])", "l | map(attribute='x.q') | list"})
    void nothingElseCanBeMadeOfIt(String expression) {
        assertThatThrownBy(() -> render(expression)).isInstanceOf(TemplateException.class)
                .hasMessageMatching(".*(undefined|'in' does not work).*");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', value = {
        "user.name => 'user' is undefined, so nothing can be looked up in it",
        "m.user.name => 'user' is undefined, so nothing can be looked up in it",
        "user() => 'user' cannot be called; it is an undefined value"})
    void aFaultNamesIt(String expression, String message) {
        assertThatThrownBy(() -> render(expression)).hasMessage(message);
    }
}
