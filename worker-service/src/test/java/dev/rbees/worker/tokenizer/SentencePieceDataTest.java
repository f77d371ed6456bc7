package dev.rbees.worker.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

import static org.assertj.core.api.Assertions.assertThat;

class SentencePieceDataTest {

    private static final int BYTES = 3;
    private static final int WORDS = BYTES + 256;

    private static SentencePieceData data(boolean spaceFirst, boolean specialsTakeBlanks, List<String> words) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        tokens.addAll(words);
        byte[] types = new byte[tokens.size()];
        double[] scores = new double[tokens.size()];
        Arrays.fill(types, GgufTokens.NORMAL);
        Arrays.fill(types, 0, 3, GgufTokens.CONTROL);
        types[0] = GgufTokens.UNKNOWN;
        Arrays.fill(types, BYTES, WORDS, GgufTokens.BYTE);
        for (int id = WORDS; id < scores.length; id++) {
            scores[id] = WORDS - id;
        }
        return new SentencePieceData(new GgufTokens(tokens, types, new Frame(List.of(1), List.of())), scores, 0, spaceFirst,
                specialsTakeBlanks);
    }

    /** The words of {@link #tokenizer}, the best score first. */
    private static final List<String> LIST = List.of("▁t", "he", "▁the", "in", "▁", "t", "h", "e", "i", "n");

    private final SentencePieceData data = data(true, false, LIST);
    private final Tokenizer tokenizer = data.create();

    private static int id(String word) {
        return WORDS + LIST.indexOf(word);
    }

    @Test
    void mergesWhatBecomesTheBestToken() {
        assertThat(tokenizer.encode("the", true)).containsExactly(1, id("▁the"));
        assertThat(tokenizer.encode("thin", true)).containsExactly(1, id("▁t"), id("h"), id("in"));
        assertThat(tokenizer.encode("  the", true)).containsExactly(1, id("▁"), id("▁"), id("▁the"));
        assertThat(tokenizer.encode("", true)).containsExactly(1);
    }

    @Test
    void putsABlankBeforeEveryStretchOfTextUnlessTheModelDoesNot() {
        assertThat(tokenizer.encode("in</s>in", true)).containsExactly(1, id("▁"), id("in"), 2, id("▁"), id("in"));
        assertThat(data(false, false, LIST).create().encode("in</s>in", true)).containsExactly(1, id("in"), 2, id("in"));
    }

    @Test
    void writesWhatIsNoTokenAsItsBytes() {
        assertThat(tokenizer.encode("é\n", true)).containsExactly(1, id("▁"), BYTES + 0xC3, BYTES + 0xA9, BYTES + '\n');
    }

    @Test
    void neverMakesASpecialOrByteTokenOfPlainText() {
        assertThat(tokenizer.encode("</s>", false)).doesNotContain(2).hasSize(6);
        assertThat(tokenizer.encode("<0x41>", true)).doesNotContain(BYTES + 0x41).hasSize(8);
    }

    @Test
    void leavesBlanksBehindSpecialTokensOutWhereTheModelDoes() {
        assertThat(data(false, true, LIST).create().encode("</s> \nin", true)).containsExactly(1, 2, id("in"));
        assertThat(data(false, true, LIST).create().encode("<s> in", true)).as("<s> takes nothing")
                .containsExactly(1, id("▁"), id("in"));
    }

    @Test
    void keepsTheBlankOfAnAnswersFirstToken() {
        assertThat(tokenizer.bytes(id("▁the"))).isEqualTo(" the".getBytes(StandardCharsets.UTF_8));
        assertThat(tokenizer.bytes(BYTES + 0xE6)).containsExactly(0xE6);
        assertThat(tokenizer.bytes(1)).isEmpty();
    }

    @Test
    void anyTextComesBackFromItsTokensBehindABlank() {
        Random random = new Random(4);
        for (int run = 0; run < 300; run++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                text.appendCodePoint(
                        random.nextBoolean() ? "then i".charAt(random.nextInt(6)) : 0x3040 + random.nextInt(99));
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int id : tokenizer.encode(text.toString(), false)) {
                bytes.writeBytes(tokenizer.bytes(id));
            }
            assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text.isEmpty() ? "" : " " + text);
        }
    }

    /** Against the definition: of all neighbours that make a token join those that make the best, the leftmost first. */
    @Test
    void mergesAsTheDefinitionSays() {
        Random random = new Random(5);
        List<String> words = new ArrayList<>(List.of("a", "b", "c"));
        while (words.size() < 60) {
            String word = words.get(random.nextInt(words.size())) + words.get(random.nextInt(words.size()));
            if (word.length() < 8 && !words.contains(word)) {
                words.add(random.nextInt(words.size()), word);
            }
        }
        Tokenizer ours = data(false, false, words).create();
        for (int run = 0; run < 500; run++) {
            StringBuilder text = new StringBuilder();
            for (int i = 1 + random.nextInt(30); i > 0; i--) {
                text.append("abc".charAt(random.nextInt(3)));
            }
            List<String> pieces = Arrays.stream(ours.encode(text.toString(), false)).skip(1)
                    .mapToObj(id -> words.get(id - WORDS)).toList();
            assertThat(pieces).as(text.toString()).isEqualTo(byDefinition(text.toString(), words));
        }
    }

    private static List<String> byDefinition(String text, List<String> words) {
        List<String> parts = new ArrayList<>(text.chars().mapToObj(Character::toString).toList());
        while (true) {
            int best = Integer.MAX_VALUE;
            int at = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = words.indexOf(parts.get(i) + parts.get(i + 1));
                if (rank >= 0 && rank < best) {
                    best = rank;
                    at = i;
                }
            }
            if (at < 0) {
                return parts;
            }
            parts.set(at, parts.get(at) + parts.remove(at + 1));
        }
    }

    @Test
    void comesBackFromItsFile(@TempDir Path folder) throws IOException {
        data.save(folder.resolve("t"));
        TokenizerData loaded = TokenizerData.load(folder.resolve("t"));
        assertThat(loaded.tokens()).isEqualTo(data.tokens());
        assertThat(loaded.create().encode("the thin é", true)).isEqualTo(tokenizer.encode("the thin é", true));
        assertThat(loaded.create().kind()).isEqualTo("gguf-spm");
        assertThat(loaded.create().addsBos()).isTrue();
    }
}
