package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PretokenizerTest {

    private static List<String> words(Pretokenizer pretokenizer, String text) {
        List<String> words = new ArrayList<>();
        pretokenizer.splitter().split(new Piece(text, true),
                piece -> words.add(pretokenizer.byteLevel()
                        ? new String(ByteAlphabet.bytes(piece.text()), java.nio.charset.StandardCharsets.UTF_8)
                        : piece.text()));
        return words;
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', ignoreLeadingAndTrailingWhitespace = false, value = {
        "gpt-2;Don't 1234  x!;Don|'t| 1234| | x|!", "smollm;a 12;a| |1|2", "starcoder;a 12;a| |1|2",
        "llama-bpe;DON'T 1234 (x)\\n\\n y;DON|'T| |123|4| (|x|)\\n\\n| y", "llama3;a\\n  b;a|\\n| | b",
        "qwen2;it's 12 .x;it|'s| |1|2| .|x", "qwen35;e\u0301a;e\u0301a", "qwen2;e\u0301a;e|\u0301a",
        "tekken;camelCase'S 12;camel|Case|'S| |1|2", "gpt-4o;camelCase's 1234;camel|Case's| |123|4",
        "falcon;a-b 12345;a|-|b| |123|45", "bloom;a, b.;a|,| b|.", "deepseek-coder;a b,12\\n;a| b|,|1|2|\\n",
        "deepseek-v3;日本1234x.y;日本|123|4|x|.y", "deepseek-llm;Ab, 漢字12;Ab|,| |漢字|12", "gemma4;a b\\n\\nc;a b|\\n\\n|c"})
    void cutsAsThePublishedPatternsDo(String name, String text, String words) {
        assertThat(words(Pretokenizer.of(name), text.replace("\\n", "\n")))
                .containsExactly(words.replace("\\n", "\n").split("\\|"));
    }

    @ParameterizedTest
    @EnumSource(Pretokenizer.class)
    void losesNothing(Pretokenizer pretokenizer) {
        String text = "Ünïcode 日本語 👩‍👩‍👧 \t\r\n\n don't 12345 ½ <|x|> e\u0301 \u00a0 שלום  end  ";
        assertThat(String.join("", words(pretokenizer, text))).isEqualTo(text);
    }

    @Test
    void refusesAnUnknownNameAndSaysWhichAreKnown() {
        assertThatThrownBy(() -> Pretokenizer.of("new-model")).isInstanceOf(RbeesException.class)
                .hasMessageContaining("'new-model'").hasMessageContaining("llama-bpe").hasMessageContaining("qwen2");
    }
}
