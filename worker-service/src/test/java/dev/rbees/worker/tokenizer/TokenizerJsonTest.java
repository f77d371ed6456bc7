package dev.rbees.worker.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenizerJsonTest {

    private static final String PIECES = "\"model\":{\"type\":\"BPE\",\"unk_token\":\"<unk>\",\"byte_fallback\":true,\"vocab\":"
            + "{\"<unk>\":0,\"<s>\":1,\"</s>\":2,\"▁\":3,\"a\":4,\"b\":5,\"ab\":6,\"▁ab\":7,\"<0xC3>\":8,\"<0xA9>\":9,\"<|end|>\":10},"
            + "\"merges\":[\"a b\",\"▁ ab\"]},\"added_tokens\":[{\"id\":1,\"content\":\"<s>\",\"special\":true},"
            + "{\"id\":10,\"content\":\"<|end|>\",\"special\":true}],"
            + "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"▁\"},"
            + "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}]},"
            + "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"▁\"},\"content\":\" \"},"
            + "{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}]},"
            + "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}},"
            + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[1],\"tokens\":[\"<s>\"]}}}";

    private static final String WORDS = "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"continuing_subword_prefix\":\"##\","
            + "\"max_input_chars_per_word\":10,\"vocab\":{\"[UNK]\":0,\"[CLS]\":1,\"[SEP]\":2,\"hug\":3,\"##ging\":4,\"face\":5,\"!\":6}},"
            + "\"added_tokens\":[],\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,"
            + "\"strip_accents\":null,\"lowercase\":true},\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
            + "\"decoder\":{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true},"
            + "\"post_processor\":{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",2],\"cls\":[\"[CLS]\",1]}";

    @TempDir
    Path folder;

    private Tokenizer tokenizer(String fields) {
        try {
            Files.writeString(folder.resolve("tokenizer.json"), "{" + fields + "}");
            return TokenizerData.ofFolder(folder).create();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readsSentencePiecesWithByteFallback() {
        Tokenizer tokenizer = tokenizer(PIECES);
        assertThat(tokenizer.kind()).isEqualTo("hf-json");
        assertThat(tokenizer.encode("ab ab", true)).containsExactly(1, 7, 7);
        assertThat(tokenizer.encode("é", true)).containsExactly(1, 3, 8, 9);
        assertThat(tokenizer.encode("a<|end|>", true)).startsWith(1, 3, 4, 10);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        IntStream.of(7, 8, 9, 4).forEach(id -> bytes.writeBytes(tokenizer.bytes(id)));
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(" abéa");
        assertThat(tokenizer.bytes(10)).isEmpty();
    }

    @Test
    void readsWordPieces() {
        Tokenizer tokenizer = tokenizer(WORDS);
        assertThat(tokenizer.encode("Hugging FACE!", true)).containsExactly(1, 3, 4, 5, 6, 2);
        assertThat(tokenizer.encode("hugs hugginghugging", true)).containsExactly(1, 0, 0, 2);
    }

    @Test
    void comesBackFromItsFile() throws IOException {
        tokenizer(PIECES);
        TokenizerData data = TokenizerData.ofFolder(folder);
        data.save(folder.resolve("t"));
        Tokenizer loaded = TokenizerData.load(folder.resolve("t")).create();
        assertThat(loaded.encode("ab é", true)).isEqualTo(data.create().encode("ab é", true));
    }

    @Test
    void readsTextsAndEndsFromTheFilesBeside() throws IOException {
        tokenizer(PIECES);
        Files.writeString(folder.resolve("tokenizer_config.json"),
                "{\"bos_token\":{\"content\":\"<s>\"},\"eos_token\":\"</s>\","
                        + "\"chat_template\":[{\"name\":\"tool\",\"template\":\"no\"},{\"name\":\"default\",\"template\":\"yes\"}]}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":[2,10]}");
        TokenizerFolder read = TokenizerFolder.read(folder);
        assertThat(read.bosToken()).isEqualTo("<s>");
        assertThat(read.eosToken()).isEqualTo("</s>");
        assertThat(read.endIds()).isEqualTo(List.of(2, 10));
        assertThat(read.chatTemplate()).isEqualTo("yes");
        Files.writeString(folder.resolve("chat_template.jinja"), "its own");
        assertThat(TokenizerFolder.read(folder).chatTemplate()).isEqualTo("its own");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"model\":{\"type\":\"Magic\",\"vocab\":{}}                                                | Magic",
        "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"normalizer\":{\"type\":\"Rot13\"}        | Rot13",
        "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Shuffle\"}   | Shuffle",
        "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"decoder\":{\"type\":\"Enigma\"}          | Enigma",
        "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"post_processor\":{\"type\":\"Stamp\"}    | Stamp",
        "\"model\":7                                                                               | tokenizer.json"})
    void refusesByNameWhatIsNotSupported(String fields, String problem) {
        assertThatThrownBy(() -> tokenizer(fields)).isInstanceOfSatisfying(RbeesException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
            assertThat(e.userMessage()).contains(problem);
        });
    }

    @Test
    void refusesAFolderWithoutTokenizer() {
        assertThatThrownBy(() -> TokenizerData.ofFolder(folder)).isInstanceOf(RbeesException.class)
                .hasMessageContaining("tokenizer.json");
    }
}
