package dev.rbees.worker.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EndTokensTest {

    private static final List<String> TOKENS = List.of("<s>", "</s>", "a", "b");
    private static final String EOS = "tokenizer.ggml.eos_token_id";
    private static final String BOS = "tokenizer.ggml.bos_token_id";

    @Test
    void readsWhatTheMetadataName() {
        EndTokens ends = EndTokens.of(new Metadata(Map.of(EOS, 1L, BOS, 0L)), TOKENS);
        assertThat(ends.endIds()).containsExactly(1);
        assertThat(ends.bosToken()).isEqualTo("<s>");
        assertThat(ends.eosToken()).isEqualTo("</s>");
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 999_999, -2, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32})
    void refusesAModelWhoseOnlyEndTokenDoesNotExist(long id) {
        assertThatThrownBy(() -> EndTokens.of(new Metadata(Map.of(EOS, id)), TOKENS))
                .isInstanceOfSatisfying(RbeesException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED))
                .hasMessageContaining("the model's end token " + id + " is not in its vocabulary of 4 tokens");
    }

    @Test
    void passesOverOneOfSeveralThatDoesNotExist() {
        assertThat(EndTokens.ids(List.of(7L, 2L), Set.of(), 4)).containsExactly(2);
        assertThat(EndTokens.ids(List.of(7L), Set.of(3), 4)).containsExactly(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0xFFFF_FFFFL})
    void takesMinusOneForNone(long none) {
        EndTokens ends = EndTokens.of(new Metadata(Map.of(EOS, none, BOS, none)), TOKENS);
        assertThat(ends.endIds()).isEmpty();
        assertThat(ends.bosToken()).isNull();
    }

    @Test
    void passesOverABeginningThatDoesNotExist() {
        assertThat(EndTokens.of(new Metadata(Map.of(BOS, 99L, EOS, 1L)), TOKENS).bosToken()).isNull();
        assertThat(EndTokens.special(new Metadata(Map.of("tokenizer.ggml.unknown_token_id", 99L)), "unknown", 4)).isEmpty();
    }
}
