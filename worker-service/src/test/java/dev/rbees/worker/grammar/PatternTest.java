package dev.rbees.worker.grammar;

import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.json.Json;

import static org.assertj.core.api.Assertions.assertThat;

/** Patterns agree with the JDK's regular expressions, where both have the same dialect. */
class PatternTest {

    private static boolean matches(String pattern, String text) {
        TextAutomaton automaton = RegexAutomaton.of(PatternParser.parse(pattern, ""), new Budget(() -> 0));
        int state = 0;
        for (int c : text.codePoints().toArray()) {
            int from = state;
            state = automaton.moves().get(from).stream().filter(move -> move.from() <= c && c <= move.to())
                    .mapToInt(TextAutomaton.Move::target).findFirst().orElse(-1);
            if (state < 0) {
                return false;
            }
        }
        return automaton.accepting().get(state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "^a", "a$", "^a$", "^ab|ba$", "^(?:a|b)*c?$", "^a+?b{2}$", "^a{1,2}b{2,}$", "^[ab-]+$",
        "^[^a]b*$", "^.b.$",
        "^\\w\\d\\s$", "^(a(b|c))*$", "", "^$", "^(|a)b$", "(a*)*b", "^[a\\-c]+$", "^\\x61\\u0062$", "^\\.\\-\\/a?$",
        "^(?:ab){0}c$",
        "^[\\d_]+|b$", "^é|漢+$"})
    void agreesWithTheJdk(String pattern) {
        Pattern expected = Pattern.compile(pattern);
        String alphabet = "aabbcc1_- .é漢/";
        Random random = new Random(3);
        for (int run = 0; run < 300; run++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(6); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(matches(pattern, text.toString())).as("%s on %s", pattern, text)
                    .isEqualTo(expected.matcher(text).find());
        }
    }

    @Test
    void producesOnlyWhatEveryDialectCallsASpaceOrNoLineEnd() {
        assertThat(matches("^\\s$", " ")).isTrue();
        assertThat(matches("^\\s$", "\u00A0")).isFalse();
        assertThat(matches("^\\S$", "\u00A0")).isFalse();
        assertThat(matches("^.$", "\u2028")).isFalse();
        assertThat(matches("^[^a]$", "\n")).isTrue();
    }

    @Test
    void isWrittenWithoutEscapesThatJsonDoesNotNeed() {
        TokenTrie trie = Vocabularies.random(1, 300);
        String schema = Json.write(Map.of("type", "string", "pattern", "^a\\n\\x01\"$"));
        assertThat(Walks.accepts(Walks.constraint(schema, trie), trie, "\"a\\n\\u0001\\\"\"")).isTrue();
        assertThat(Walks.accepts(Walks.constraint(schema, trie), trie, "\"\\u0061\\n\\u0001\\\"\"")).isFalse();
        assertThat(Walks.accepts(Walks.constraint(schema, trie), trie, "\"a\\u000a\\u0001\\\"\"")).isFalse();
    }
}
