package dev.rbees.worker.tokenizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

import static org.assertj.core.api.Assertions.assertThat;

class UnigramDataTest {

    private static final List<String> TOKENS = List.of("<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "aba", "<x>");
    private static final double[] SCORES = {0, 0, 0, -2, -3, -3, -4, -4.5, -99};

    private static UnigramData data(boolean spaceFirst, boolean mergeSpaces) {
        byte[] types = new byte[TOKENS.size()];
        Arrays.fill(types, GgufTokens.NORMAL);
        types[0] = GgufTokens.CONTROL;
        types[1] = GgufTokens.CONTROL;
        types[2] = GgufTokens.UNKNOWN;
        types[8] = GgufTokens.USER_DEFINED;
        return new UnigramData(new GgufTokens(TOKENS, types, new Frame(List.of(), List.of(1))), SCORES, 2, spaceFirst,
                mergeSpaces, new byte[0]);
    }

    private final UnigramData data = data(true, true);
    private final Tokenizer tokenizer = data.create();

    @Test
    void takesTheWayWithTheHighestSum() {
        // "abab": ab+ab −8, aba+b −7.5, a+b+a+b −12
        assertThat(tokenizer.encode("abab", true)).containsExactly(3, 7, 5, 1);
        assertThat(tokenizer.encode("", true)).containsExactly(1);
    }

    @Test
    void makesOneUnknownTokenOfNeighbours() {
        assertThat(tokenizer.encode("a日本b日", true)).containsExactly(3, 4, 2, 5, 2, 1);
    }

    @Test
    void joinsBlanksWhereTheModelDoes() {
        assertThat(tokenizer.encode("  a   b ", true)).containsExactly(3, 4, 3, 5, 1);
        assertThat(data(true, false).create().encode(" a  b", true)).containsExactly(3, 3, 4, 3, 3, 5, 1);
        assertThat(data(false, false).create().encode("a b", true)).containsExactly(4, 3, 5, 1);
    }

    @Test
    void findsUserDefinedTokensInAnyText() {
        assertThat(tokenizer.encode("a<x>b", false)).containsExactly(3, 4, 8, 3, 5, 1);
    }

    /** Against the definition: all ways to cut the text, the best one taken. */
    @Test
    void isAsGoodAsEveryOtherWay() {
        Random random = new Random(6);
        List<String> words = new ArrayList<>(List.of("a", "b", "c"));
        while (words.size() < 40) {
            String word = words.get(random.nextInt(words.size())) + words.get(random.nextInt(words.size()));
            if (word.length() < 6 && !words.contains(word)) {
                words.add(word);
            }
        }
        double[] scores = random.doubles(words.size(), -10, -1).toArray();
        UnigramModel model = new UnigramModel(new VocabularyIndex(words, _ -> true), scores, _ -> true, -1, null);
        for (int run = 0; run < 300; run++) {
            StringBuilder text = new StringBuilder();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                text.append("abc".charAt(random.nextInt(3)));
            }
            IntList ids = new IntList();
            model.encoder().encode(text.toString(), ids);
            assertThat(String.join("", Arrays.stream(ids.toArray()).mapToObj(words::get).toList()))
                    .isEqualTo(text.toString());
            assertThat(Arrays.stream(ids.toArray()).mapToDouble(id -> scores[id]).sum())
                    .isEqualTo(best(text.toString(), words, scores), org.assertj.core.api.Assertions.within(1e-9));
        }
    }

    private static double best(String text, List<String> words, double[] scores) {
        double best = text.isEmpty() ? 0 : Double.NEGATIVE_INFINITY;
        for (int id = 0; id < words.size(); id++) {
            if (!text.isEmpty() && text.startsWith(words.get(id))) {
                best = Math.max(best, scores[id] + best(text.substring(words.get(id).length()), words, scores));
            }
        }
        return best;
    }

    @Test
    void writesBytesForWhatIsUnknownWhereTheVocabularyHasThem() {
        List<String> words = List.of("<unk>", "a", "<0xC3>", "<0xA9>");
        UnigramModel model = new UnigramModel(new VocabularyIndex(words, id -> id < 2), new double[] {0, -1, 0, 0},
                id -> id == 1, 0, ByteTokens.of(words, _ -> true));
        IntList ids = new IntList();
        model.encoder().encode("aéaü", ids);
        assertThat(ids.toArray()).as("ü has no tokens for both of its bytes").containsExactly(1, 2, 3, 1, 0);
    }

    @Test
    void comesBackFromItsFile(@TempDir Path folder) throws IOException {
        data.save(folder.resolve("t"));
        Tokenizer loaded = TokenizerData.load(folder.resolve("t")).create();
        assertThat(loaded.encode("ab <x> 日", true)).isEqualTo(tokenizer.encode("ab <x> 日", true));
        assertThat(loaded.kind()).isEqualTo("gguf-unigram");
    }
}
