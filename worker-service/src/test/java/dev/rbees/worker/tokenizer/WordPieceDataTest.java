package dev.rbees.worker.tokenizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

import static org.assertj.core.api.Assertions.assertThat;

class WordPieceDataTest {

    private static final byte[] TYPES = {2, 3, 3, 1, 1, 1, 1, 1, 1};
    private final WordPieceData data = new WordPieceData(new GgufTokens(
            List.of("[UNK]", "[CLS]", "[SEP]", "▁un", "aff", "able", "▁,", "▁日", "▁cafe"), TYPES,
            new Frame(List.of(1), List.of(2))), 0);
    private final Tokenizer tokenizer = data.create();

    @Test
    void takesTheLongestTokenAgainAndAgain() {
        assertThat(tokenizer.encode("unaffable", true)).containsExactly(1, 3, 4, 5, 2);
        assertThat(tokenizer.encode("un,un", true)).containsExactly(1, 3, 6, 3, 2);
    }

    @Test
    void makesAWordUnknownThatItCannotWriteToTheEnd() {
        assertThat(tokenizer.encode("unaffix un", true)).containsExactly(1, 0, 3, 2);
        assertThat(tokenizer.encode("able", true)).as("no beginning of a word").containsExactly(1, 0, 2);
    }

    @Test
    void writesSmallLettersWithoutAccentsAndIdeographsAlone() {
        assertThat(tokenizer.encode("CAFÉ日日", true)).containsExactly(1, 8, 7, 7, 2);
        assertThat(tokenizer.encode(" \u0000 ", true)).containsExactly(1, 2);
    }

    @Test
    void comesBackFromItsFile(@TempDir Path folder) throws IOException {
        data.save(folder.resolve("t"));
        assertThat(TokenizerData.load(folder.resolve("t")).create().encode("un café", true))
                .isEqualTo(tokenizer.encode("un café", true));
    }
}
