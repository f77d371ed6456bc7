package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DelimiterTest {

    @ParameterizedTest
    @CsvSource({"ISOLATED, the|-|final|-|-|countdown", "REMOVED, the|final|countdown",
        "CONTIGUOUS, the|-|final|--|countdown",
        "MERGED_WITH_PREVIOUS, the-|final-|-|countdown", "MERGED_WITH_NEXT, the|-final|-|-countdown"})
    void treatsDelimitersAsItsNameSays(Delimiter delimiter, String pieces) {
        List<String> cut = new ArrayList<>();
        new CharacterSplitter(c -> c == '-', delimiter).split(new Piece("the-final--countdown", true),
                piece -> cut.add(piece.text()));
        assertThat(cut).containsExactly(pieces.split("\\|"));
    }
}
