package dev.rbees.worker.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.worker.testing.TinyModel;
import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BytePairDataTest {

    private static BytePairData data(boolean addBos) {
        byte[] types = new byte[TinyModel.vocabulary()];
        for (int i = 0; i < types.length; i++) {
            types[i] = i < TinyModel.SPECIAL.size() ? GgufTokens.CONTROL : GgufTokens.NORMAL;
        }
        return BytePairData.of(
                new GgufTokens(TinyModel.tokens(), types, new Frame(addBos ? List.of(1) : List.of(), List.of())),
                Pretokenizer.SMOLLM, TinyModel.merges());
    }

    private final Tokenizer tokenizer = data(false).create();

    private List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (int id : tokenizer.encode(text, true)) {
            words.add(TinyModel.tokens().get(id));
        }
        return words;
    }

    @Test
    void mergesTheMostImportantPairFirst() {
        assertThat(words("hello")).containsExactly("hello");
        assertThat(words("hell")).containsExactly("hell");
        assertThat(words("he")).containsExactly("he");
        assertThat(words("helo")).containsExactly("he", "l", "o");
        assertThat(words("hello world")).containsExactly("hello", "Ġw", "or", "l", "d");
    }

    @Test
    void keepsDigitsApart() {
        assertThat(words("12 3")).containsExactly("1", "2", "Ġ", "3");
    }

    @Test
    void findsSpecialTokensOnlyWhereAsked() {
        assertThat(words("<|im_start|>he<|im_end|>")).containsExactly("<|im_start|>", "he", "<|im_end|>");
        assertThat(tokenizer.encode("<|im_end|>", false)).hasSize("<|im_end|>".length());
        assertThat(words("<|im_end|")).hasSize("<|im_end|".length());
    }

    @Test
    void beginsWithBosOnlyWhenTheModelWantsIt() {
        assertThat(data(true).create().encode("he", true)).startsWith(1);
        assertThat(tokenizer.encode("he", true)).doesNotContain(1);
        assertThat(tokenizer.encode("", true)).isEmpty();
    }

    @Test
    void beginsWithOneBosWhereTheTextBeginsWithItAlready() {
        Tokenizer adding = data(true).create();
        assertThat(adding.encode("<|im_start|>he", true)).isEqualTo(adding.encode("he", true)).startsWith(1).hasSize(2);
        assertThat(adding.encode("he<|im_start|>", true)).as("elsewhere it is a token as any other").endsWith(1).hasSize(3);
        assertThat(adding.encode("<|im_end|><|im_start|>", true)).containsExactly(1, 2, 1);
        assertThat(adding.encode("<|im_start|>", false)).as("as text").hasSize(1 + "<|im_start|>".length());
        assertThat(tokenizer.encode("<|im_start|>he", true)).as("a model that adds none").startsWith(1).hasSize(2);
    }

    @Test
    void anyTextComesBackFromItsTokens() {
        Random random = new Random(2);
        for (int run = 0; run < 500; run++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.appendCodePoint(switch (random.nextInt(5)) {
                    case 0 -> "helo w".charAt(random.nextInt(6));
                    case 1 -> random.nextInt(0x80);
                    case 2 -> 0x3040 + random.nextInt(0x60);
                    case 3 -> 0x1F600 + random.nextInt(0x40);
                    default -> ' ';
                });
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int id : tokenizer.encode(text.toString(), false)) {
                bytes.writeBytes(tokenizer.bytes(id));
            }
            assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text.toString());
        }
    }

    /** Against the definition: look for the most important pair, merge its leftmost occurrence, begin again. */
    @Test
    void mergesAsTheDefinitionSays() {
        List<String> merges = new ArrayList<>();
        List<String> tokens = new ArrayList<>(TinyModel.tokens());
        Random random = new Random(3);
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
        byte[] types = new byte[tokens.size()];
        java.util.Arrays.fill(types, GgufTokens.NORMAL);
        Tokenizer ours = BytePairData.of(new GgufTokens(tokens, types, Frame.NONE), Pretokenizer.GPT2, merges).create();
        for (int run = 0; run < 500; run++) {
            StringBuilder text = new StringBuilder();
            for (int i = 1 + random.nextInt(30); i > 0; i--) {
                text.append("abc".charAt(random.nextInt(3)));
            }
            List<String> words = new ArrayList<>();
            for (int id : ours.encode(text.toString(), false)) {
                words.add(tokens.get(id));
            }
            assertThat(words).as(text.toString()).isEqualTo(byDefinition(text.toString(), merges));
        }
    }

    private static List<String> byDefinition(String text, List<String> merges) {
        List<String> parts = new ArrayList<>(text.chars().mapToObj(Character::toString).toList());
        while (true) {
            int bestRank = Integer.MAX_VALUE;
            int at = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = merges.indexOf(parts.get(i) + " " + parts.get(i + 1));
                if (rank >= 0 && rank < bestRank) {
                    bestRank = rank;
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
    void encodesAVeryLongWordInTime() {
        assertThat(org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20),
                () -> tokenizer.encode("hello".repeat(200_000), false))).hasSize(200_000);
    }

    @Test
    void takesAWholeWordFirstWhereTheModelWantsThat() {
        List<String> tokens = List.of("a", "b", "c", "ab", "abc");
        GgufTokens vocabulary = new GgufTokens(tokens, new byte[] {1, 1, 1, 1, 1}, Frame.NONE);
        assertThat(BytePairData.of(vocabulary, Pretokenizer.LLAMA3, List.of("a b")).create().encode("abc", false))
                .containsExactly(4);
        assertThat(BytePairData.of(vocabulary, Pretokenizer.DBRX, List.of("a b")).create().encode("abc", false))
                .containsExactly(3, 2);
    }

    @Test
    void findsUserDefinedTokensInAnyText() {
        GgufTokens vocabulary = new GgufTokens(List.of("a", "<x>", "<y>"),
                new byte[] {GgufTokens.NORMAL, GgufTokens.USER_DEFINED, GgufTokens.CONTROL}, Frame.NONE);
        Tokenizer tokenizer = BytePairData.of(vocabulary, Pretokenizer.GPT2, List.of()).create();
        assertThat(tokenizer.encode("a<x>a", false)).containsExactly(0, 1, 0);
        assertThat(tokenizer.encode("<y>", false)).isEmpty();
        assertThat(tokenizer.encode("<y>", true)).containsExactly(2);
        assertThat(tokenizer.bytes(1)).isEqualTo("<x>".getBytes(StandardCharsets.UTF_8));
        assertThat(tokenizer.bytes(2)).isEmpty();
        assertThat(tokenizer.bytes(99)).as("an id that only the model has").isEmpty();
    }

    @Test
    void writesCharactersWithoutATokenAsBytesWhereTheVocabularyIsNotOfBytes() {
        byte[] types = {1, 1, 1, GgufTokens.BYTE, GgufTokens.BYTE};
        Tokenizer tokenizer = BytePairData.of(new GgufTokens(List.of("▁", "a", "▁a", "<0xC3>", "<0xA9>"), types, Frame.NONE),
                Pretokenizer.GEMMA4, List.of("▁ a")).create();
        assertThat(tokenizer.encode("a aé", false)).containsExactly(1, 2, 3, 4);
        assertThat(tokenizer.bytes(2)).isEqualTo(" a".getBytes(StandardCharsets.UTF_8));
        assertThat(tokenizer.bytes(4)).containsExactly(0xA9);
    }

    @Test
    void comesBackFromItsFile(@TempDir Path folder) throws IOException {
        data(true).save(folder.resolve("t"));
        TokenizerData loaded = TokenizerData.load(folder.resolve("t"));
        assertThat(loaded).isInstanceOf(BytePairData.class);
        assertThat(loaded.tokens()).isEqualTo(TinyModel.tokens());
        assertThat(loaded.create().encode("hello 1", true)).isEqualTo(data(true).create().encode("hello 1", true));
    }

    @Test
    void refusesAFileOfAnotherForm(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("t");
        data(true).save(file);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 5));
        assertThatThrownBy(() -> TokenizerData.load(file)).isInstanceOf(IOException.class)
                .hasMessageContaining("ends too early");
        bytes[7]++;
        Files.write(file, bytes);
        assertThatThrownBy(() -> TokenizerData.load(file)).isInstanceOf(IOException.class)
                .hasMessageContaining("no tokenizer of this version");
    }

    @Test
    void refusesAVocabularyThatContradictsItself() {
        assertThatThrownBy(() -> new GgufTokens(List.of("a"), new byte[2], Frame.NONE))
                .hasMessageContaining("1 tokens but 2 token types");
        assertThatThrownBy(() -> new GgufTokens(List.of("a"), new byte[1], new Frame(List.of(7), List.of())))
                .hasMessageContaining("names the token 7");
    }
}
