package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VocabularyIndexTest {

    private final VocabularyIndex index = new VocabularyIndex(List.of("a", "", "ab", "abcd", "b", "ab", "日本"),
            id -> id != 4);

    @Test
    void findsStretchesOfAText() {
        assertThat(index.find("xabx", 1, 3)).as("of equal ones the first").isEqualTo(2);
        assertThat(index.find("abc")).isEqualTo(VocabularyIndex.NONE);
        assertThat(index.find("b")).as("not wanted").isEqualTo(VocabularyIndex.NONE);
        assertThat(index.find("", 0, 0)).isEqualTo(VocabularyIndex.NONE);
        assertThat(index.find("日本")).isEqualTo(6);
    }

    @Test
    void findsTheTokensWithWhichAStretchBegins() {
        assertThat(index.longestAt("abcde", 0, 5)).isEqualTo(3);
        assertThat(index.longestAt("abcde", 0, 3)).as("only within the stretch").isEqualTo(2);
        List<Integer> ids = new ArrayList<>();
        index.prefixes("abcd", 0, 4, (id, end) -> ids.add(id * 10 + end));
        assertThat(ids).containsExactly(1, 22, 34);
    }

    @Test
    void findsEveryOneOfMany() {
        List<String> tokens = IntStream.range(0, 50_000).mapToObj(i -> Integer.toString(i, 36)).toList();
        VocabularyIndex many = new VocabularyIndex(tokens, _ -> true);
        assertThat(IntStream.range(0, tokens.size()).filter(i -> many.find(tokens.get(i)) != i)).isEmpty();
    }

    @Test
    void refusesATokenLongerThanAnyRealOne() {
        assertThatThrownBy(() -> new VocabularyIndex(List.of("x".repeat(4097)), _ -> true))
                .hasMessageContaining("token 0 is 4097 characters long");
    }
}
