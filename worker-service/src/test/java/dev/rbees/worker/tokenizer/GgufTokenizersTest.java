package dev.rbees.worker.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.testing.GgufBuilder;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Tokenizers of GGUF files, each beside its definition. */
class GgufTokenizersTest {

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

    @TempDir
    Path folder;

    /** A vocabulary in the making: its texts, their types and scores. */
    private static final class Vocabulary {
        private final List<String> texts = new ArrayList<>();
        private final List<Integer> types = new ArrayList<>();
        private final GgufBuilder.Bytes scores = new GgufBuilder.Bytes();
        private final Map<String, Float> scoreOf = new TreeMap<>();

        Vocabulary add(String text, int type, double score) {
            texts.add(text);
            types.add(type);
            scores.i32(Float.floatToIntBits((float) score));
            scoreOf.put(text, (float) score);
            return this;
        }

        Vocabulary addBytes() {
            for (int b = 0; b < 256; b++) {
                add("<0x%02X>".formatted(b), BYTE, 0);
            }
            return this;
        }

        GgufBuilder file(String kind) {
            return new GgufBuilder().text("tokenizer.ggml.model", kind).texts("tokenizer.ggml.tokens", texts)
                    .integers("tokenizer.ggml.token_type", types).raw("tokenizer.ggml.scores", 9,
                            new GgufBuilder.Bytes().i32(6).i64(texts.size()).bytes(scores.toArray()).toArray());
        }
    }

    private TokenizerData data(GgufBuilder file) {
        try (GgufFile gguf = GgufFile.open(file.write(folder.resolve("t.gguf")))) {
            return TokenizerData.of(gguf.metadata());
        }
    }

    private Tokenizer tokenizer(GgufBuilder file) {
        return data(file).create();
    }

    private static List<String> words(Tokenizer tokenizer, List<String> texts, String text) {
        return IntStream.of(tokenizer.encode(text, true)).mapToObj(texts::get).toList();
    }

    private static String decoded(Tokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(tokenizer.bytes(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static GgufBuilder tiny() {
        return new GgufBuilder().text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "smollm")
                .texts("tokenizer.ggml.tokens", TinyModel.tokens()).texts("tokenizer.ggml.merges", TinyModel.merges())
                .integers("tokenizer.ggml.token_type",
                        TinyModel.tokens().stream().map(t -> TinyModel.SPECIAL.contains(t) ? CONTROL : NORMAL).toList())
                .integer("tokenizer.ggml.bos_token_id", 1);
    }

    @Test
    void bytePairsMergeTheMostImportantFirst() {
        Tokenizer tokenizer = tokenizer(tiny());
        List<String> texts = TinyModel.tokens();
        assertThat(words(tokenizer, texts, "hello")).containsExactly("hello");
        assertThat(words(tokenizer, texts, "helo")).containsExactly("he", "l", "o");
        assertThat(words(tokenizer, texts, "hello world")).containsExactly("hello", "Ġw", "or", "l", "d");
        assertThat(words(tokenizer, texts, "12 3")).containsExactly("1", "2", "Ġ", "3");
        assertThat(tokenizer.kind()).isEqualTo("gguf-bpe");
    }

    @Test
    void specialTokensAreFoundOnlyWhereAsked() {
        Tokenizer tokenizer = tokenizer(tiny());
        assertThat(words(tokenizer, TinyModel.tokens(), "<|im_start|>he<|im_end|>")).containsExactly("<|im_start|>", "he",
                "<|im_end|>");
        assertThat(tokenizer.encode("<|im_end|>", false)).hasSize("<|im_end|>".length());
        assertThat(words(tokenizer, TinyModel.tokens(), "<|im_end|")).hasSize("<|im_end|".length());
        assertThat(tokenizer.bytes(1)).isEmpty();
    }

    @Test
    void aTextBeginsWithBosOnlyWhereTheModelWantsIt() {
        assertThat(tokenizer(tiny()).encode("he", true)).doesNotContain(1);
        Tokenizer begins = tokenizer(tiny().flag("tokenizer.ggml.add_bos_token", true));
        assertThat(begins.encode("he", true)).startsWith(1);
        assertThat(begins.addsBos()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2"})
    void anyTextComesBackFromItsTokens(String pre) {
        Tokenizer tokenizer = tokenizer(new GgufBuilder().text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", pre)
                .texts("tokenizer.ggml.tokens", TinyModel.tokens()).texts("tokenizer.ggml.merges", TinyModel.merges())
                .flag("tokenizer.ggml.add_bos_token", false));
        Random random = new Random(2);
        for (int run = 0; run < 200; run++) {
            String text = randomText(random);
            assertThat(decoded(tokenizer, tokenizer.encode(text, false))).isEqualTo(text);
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            text.appendCodePoint(switch (random.nextInt(5)) {
                case 0 -> "helo w".charAt(random.nextInt(6));
                case 1 -> random.nextInt(1, 0x80);
                case 2 -> 0x3040 + random.nextInt(0x60);
                case 3 -> 0x1F600 + random.nextInt(0x40);
                default -> ' ';
            });
        }
        return text.toString();
    }

    /** Against the definition: look for the most important pair, merge its leftmost occurrence, begin again. */
    @Test
    void bytePairsMergeAsTheDefinitionSays() {
        Random random = new Random(3);
        List<String> merges = new ArrayList<>();
        List<String> tokens = new ArrayList<>(TinyModel.tokens());
        List<String> parts = new ArrayList<>(List.of("a", "b", "c"));
        for (int i = 0; i < 60; i++) {
            String left = parts.get(random.nextInt(parts.size()));
            String right = parts.get(random.nextInt(parts.size()));
            if (left.length() + right.length() < 8 && !merges.contains(left + " " + right)) {
                merges.add(left + " " + right);
                parts.add(left + right);
                tokens.add(left + right);
            }
        }
        Collections.shuffle(merges, random);
        Tokenizer tokenizer = tokenizer(new GgufBuilder().text("tokenizer.ggml.model", "gpt2")
                .texts("tokenizer.ggml.tokens", tokens).texts("tokenizer.ggml.merges", merges));
        for (int run = 0; run < 300; run++) {
            List<String> expected = letters(random, 30);
            String text = String.join("", expected);
            merge(expected, pair -> -merges.indexOf(pair), merges::contains, " ");
            assertThat(words(tokenizer, tokens, text)).as(text).isEqualTo(expected);
        }
    }

    private static List<String> letters(Random random, int most) {
        List<String> letters = new ArrayList<>();
        for (int i = 1 + random.nextInt(most); i > 0; i--) {
            letters.add("abc".substring(random.nextInt(3)).substring(0, 1));
        }
        return letters;
    }

    /** Merges neighbours, the pair of the highest worth first and of equals the leftmost, while one may be merged. */
    private static void merge(List<String> parts, java.util.function.ToDoubleFunction<String> worth,
            java.util.function.Predicate<String> mergeable, String between) {
        while (true) {
            int at = -1;
            double best = Double.NEGATIVE_INFINITY;
            for (int i = 0; i + 1 < parts.size(); i++) {
                String pair = parts.get(i) + between + parts.get(i + 1);
                if (mergeable.test(pair) && worth.applyAsDouble(pair) > best) {
                    best = worth.applyAsDouble(pair);
                    at = i;
                }
            }
            if (at < 0) {
                return;
            }
            parts.set(at, parts.get(at) + parts.remove(at + 1));
        }
    }

    @Test
    void aVeryLongWordIsEncodedInTime() {
        Tokenizer tokenizer = tokenizer(tiny());
        assertThat(assertTimeoutPreemptively(Duration.ofSeconds(20), () -> tokenizer.encode("hello".repeat(100_000), false)))
                .hasSize(100_000);
    }

    private static Vocabulary sentencePieces() {
        Vocabulary vocabulary = new Vocabulary().add("<unk>", UNKNOWN, 0).add("<s>", CONTROL, 0).add("</s>", CONTROL, 0)
                .addBytes();
        Random random = new Random(4);
        for (String piece : List.of("▁", "a", "b", "c", "ab", "bc", "abc", "▁a", "▁ab", "ca", "cab", "aa", "▁c", "bb")) {
            vocabulary.add(piece, NORMAL, piece.length() == 1 ? -100 : -random.nextInt(1, 50));
        }
        return vocabulary;
    }

    /** Against the definition: merge the neighbours whose union has the best score, begin again. */
    @Test
    void sentencePiecesMergeByScore() {
        Vocabulary vocabulary = sentencePieces();
        Tokenizer tokenizer = tokenizer(vocabulary.file("llama").flag("tokenizer.ggml.add_bos_token", false));
        Random random = new Random(5);
        for (int run = 0; run < 300; run++) {
            List<String> expected = letters(random, 20);
            String text = String.join("", expected);
            expected.addFirst("▁");
            merge(expected, pair -> vocabulary.scoreOf.getOrDefault(pair, 0f), vocabulary.scoreOf::containsKey, "");
            assertThat(words(tokenizer, vocabulary.texts, text)).as(text).isEqualTo(expected);
        }
        assertThat(tokenizer.kind()).isEqualTo("gguf-spm");
    }

    @Test
    void sentencePiecesFallBackToBytes() {
        Vocabulary vocabulary = sentencePieces();
        Tokenizer tokenizer = tokenizer(vocabulary.file("llama"));
        assertThat(words(tokenizer, vocabulary.texts, "aé")).containsExactly("<s>", "▁a", "<0xC3>", "<0xA9>");
        int[] ids = tokenizer.encode("ab é 日\n", false);
        assertThat(decoded(tokenizer, ids)).isEqualTo(" ab é 日\n");
        Tokenizer bare = tokenizer(vocabulary.file("llama").flag("tokenizer.ggml.add_space_prefix", false));
        assertThat(decoded(bare, bare.encode("ab é 日\n", false))).isEqualTo("ab é 日\n");
    }

    /** Against the definition: of all ways to cut a word, the one with the highest sum. */
    @Test
    void unigramsFindTheBestWayToCut() {
        Random random = new Random(6);
        Vocabulary vocabulary = new Vocabulary().add("<pad>", CONTROL, 0).add("</s>", CONTROL, 0).add("<unk>", UNKNOWN, 0);
        for (String piece : List.of("▁", "a", "b", "c", "ab", "bc", "abc", "▁a", "▁ab", "ca", "cab", "aa", "bb", "cc")) {
            vocabulary.add(piece, NORMAL, -random.nextDouble(1, 10));
        }
        Tokenizer tokenizer = tokenizer(vocabulary.file("t5").flag("tokenizer.ggml.add_eos_token", false));
        for (int run = 0; run < 200; run++) {
            String text = String.join("", letters(random, 10));
            List<String> words = words(tokenizer, vocabulary.texts, text);
            assertThat(String.join("", words)).isEqualTo("▁" + text);
            double sum = words.stream().mapToDouble(word -> vocabulary.scoreOf.getOrDefault(word, 0f)).sum();
            assertThat(sum).as(text).isCloseTo(bestSum("▁" + text, vocabulary),
                    org.assertj.core.api.Assertions.within(1e-3));
        }
    }

    private static double bestSum(String rest, Vocabulary vocabulary) {
        double best = rest.isEmpty() ? 0 : Double.NEGATIVE_INFINITY;
        for (int end = 1; end <= rest.length(); end++) {
            Float score = vocabulary.scoreOf.get(rest.substring(0, end));
            if (score != null) {
                best = Math.max(best, score + bestSum(rest.substring(end), vocabulary));
            }
        }
        return best;
    }

    @Test
    void wordPiecesTakeTheLongestBeginning() {
        Vocabulary vocabulary = new Vocabulary();
        for (String text : List.of("[UNK]", "[CLS]", "[SEP]")) {
            vocabulary.add(text, CONTROL, 0);
        }
        for (String text : List.of("▁un", "▁aff", "▁a", "affable", "able", "aff", "▁,")) {
            vocabulary.add(text, NORMAL, 0);
        }
        Tokenizer tokenizer = tokenizer(vocabulary.file("bert").integer("tokenizer.ggml.cls_token_id", 1)
                .integer("tokenizer.ggml.seperator_token_id", 2).integer("tokenizer.ggml.unknown_token_id", 0));
        assertThat(words(tokenizer, vocabulary.texts, "Unaffable, áffable")).containsExactly("[CLS]", "▁un", "affable", "▁,",
                "▁aff", "able", "[SEP]");
        assertThat(words(tokenizer, vocabulary.texts, "xyz")).containsExactly("[CLS]", "[UNK]", "[SEP]");
    }

    @Test
    void everyKindComesBackFromItsFile() throws IOException {
        Vocabulary pieces = sentencePieces();
        for (GgufBuilder file : List.of(tiny(), pieces.file("llama"), pieces.file("t5"), pieces.file("bert")
                .integer("tokenizer.ggml.cls_token_id", 1).integer("tokenizer.ggml.seperator_token_id", 2))) {
            TokenizerData data = data(file);
            data.save(folder.resolve("t"));
            TokenizerData loaded = TokenizerData.load(folder.resolve("t"));
            assertThat(loaded.tokens()).isEqualTo(data.tokens());
            assertThat(loaded.create().encode("cab hello 1 é", true)).isEqualTo(data.create().encode("cab hello 1 é", true));
        }
        byte[] saved = Files.readAllBytes(folder.resolve("t"));
        Files.write(folder.resolve("t"), Arrays.copyOf(saved, saved.length / 2));
        assertThatThrownBy(() -> TokenizerData.load(folder.resolve("t"))).isInstanceOf(IOException.class);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> data(sentencePieces().file("rwkv"))).hasMessageContaining("tokenizer of kind 'rwkv'")
                .hasMessageContaining("SentencePiece");
        assertThatThrownBy(() -> data(new GgufBuilder().text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "klingon").texts("tokenizer.ggml.tokens", List.of("a"))
                .texts("tokenizer.ggml.merges", List.of()))).hasMessageContaining("klingon").hasMessageContaining("smollm");
        assertThatThrownBy(() -> data(new GgufBuilder().text("tokenizer.ggml.model", "llama")
                .texts("tokenizer.ggml.tokens", List.of("a")))).hasMessageContaining("1 tokens but 0 scores");
    }
}
