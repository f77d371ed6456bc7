package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OnigPatternTest {

    private static List<String> split(String pattern, String text) {
        List<String> pieces = new ArrayList<>();
        PatternSplitter.isolating(OnigPattern.compile(pattern)).split(new Piece(text, true),
                piece -> pieces.add(piece.text()));
        return pieces;
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {"(?i:'s|'t);x'Sy'T;x|'S|y|'T", "\\p{Han}+;a日本b;a|日本|b",
        "\\p{^L}+;a12b;a|12|b",
        "[[:alpha:]]+;12éa3;12|éa|3", "[[:^alpha:]];a1;a|1", "\\h+;xfFg;x|fF|g", "\\w+;é_1-;é_1|-", "\\d;a٣;a|٣",
        "a++b;aab;aab", "[{}+]+;a{+b;a|{+|b", "(?>a+)b;aabx;aab|x", "\\p{Letter};1a;1|a", "x(?=y);xyx;x|yx",
        "\\p{Hiragana};aあ;a|あ"})
    void meansWhatItMeansForOniguruma(String pattern, String text, String pieces) {
        assertThat(split(pattern, text)).containsExactly(pieces.split("\\|"));
    }

    @Test
    void takesLinesAndDotsAsRubyDoes() {
        assertThat(split("^b", "a\nb")).containsExactly("a\n", "b");
        assertThat(split("(?m:a.b)", "xa\nb")).containsExactly("x", "a\nb");
        assertThat(split("a.b", "xa\nb")).containsExactly("xa\nb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\Kb", "\\p{N}{1,3}+x", "(a", "\\p{Nonsense}", "\\g<1>"})
    void refusesWhatJavaHasNothingFor(String pattern) {
        assertThatExceptionOfType(RbeesException.class).isThrownBy(() -> OnigPattern.compile(pattern))
                .withMessageContaining(pattern).satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED));
    }

    @Test
    void givesUpOnAPatternThatGoesBackAndForthWithoutEnd() {
        assertThatThrownBy(() -> split("(?:x+x+)+y", "x".repeat(200))).isInstanceOf(RbeesException.class)
                .hasMessageContaining("does not get through");
        assertThat(split("(?:x+x+)+y", "x".repeat(10) + "y")).hasSize(1);
    }

    @Test
    void givesUpOnAPatternThatGoesTooDeep() {
        assertThatThrownBy(() -> split("(?:(a|b)(c|d)?)+z", "ab".repeat(500_000))).isInstanceOf(RbeesException.class)
                .hasMessageContaining("does not get through");
    }
}
