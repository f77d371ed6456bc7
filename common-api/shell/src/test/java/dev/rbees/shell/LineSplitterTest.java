package dev.rbees.shell;

import org.junit.jupiter.api.Test;

import dev.rbees.cli.UsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LineSplitterTest {

    @Test
    void splitsAtBlanksAndKeepsQuotedOnes() {
        assertThat(LineSplitter.split("  jobs\tsubmit  --prompt 'two words' ")).containsExactly("jobs", "submit", "--prompt",
                "two words");
        assertThat(LineSplitter.split("")).isEmpty();
        assertThat(LineSplitter.split(" \t ")).isEmpty();
    }

    @Test
    void singleQuotesKeepEverything() {
        assertThat(LineSplitter.split("'a \"b\" \\ $x'")).containsExactly("a \"b\" \\ $x");
    }

    @Test
    void doubleQuotesKeepAllButAnEscapedQuoteOrBackslash() {
        assertThat(LineSplitter.split("\"it's \\\"so\\\" \\\\ \\n\"")).containsExactly("it's \"so\" \\ \\n");
    }

    @Test
    void aBackslashKeepsTheNextCharacter() {
        assertThat(LineSplitter.split("a\\ b \\'c \\\\")).containsExactly("a b", "'c", "\\");
    }

    @Test
    void quotedPartsJoinTheirWordAndMayBeEmpty() {
        assertThat(LineSplitter.split("--stop='a b'\"c\"d ''")).containsExactly("--stop=a bcd", "");
    }

    @Test
    void aWordThatBeginsWithAHashBeginsAComment() {
        assertThat(LineSplitter.split("models list  # what's there")).containsExactly("models", "list");
        assertThat(LineSplitter.split("# all of it")).isEmpty();
        assertThat(LineSplitter.split("a#b '#c' \\#d")).containsExactly("a#b", "#c", "#d");
    }

    @Test
    void refusesAnOpenQuoteAndALoneBackslash() {
        assertThatThrownBy(() -> LineSplitter.split("it's")).isInstanceOf(UsageException.class)
                .hasMessageContaining("(') is not closed");
        assertThatThrownBy(() -> LineSplitter.split("\"a\\\"")).hasMessageContaining("(\") is not closed");
        assertThatThrownBy(() -> LineSplitter.split("a\\")).hasMessageContaining("nothing follows the backslash");
    }
}
