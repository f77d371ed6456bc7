package dev.rbees.worker.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenizerJsonTest {

    private static final String BPE = """
                                      "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "Ġ": 2, "ab": 3, "Ġab": 4, "c": 5, "abc": 6},
                                       "merges": ["a b", ["Ġ", "ab"]], "unk_token": null}""";

    @TempDir
    private Path folder;

    private TokenizerData data(String... fields) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{" + String.join(",", fields) + "}");
        return TokenizerData.ofFolder(folder);
    }

    private int[] encode(String text, String... fields) throws IOException {
        Tokenizer tokenizer = data(fields).create();
        data(fields).save(folder.resolve("own"));
        int[] ids = tokenizer.encode(text, true);
        assertThat(TokenizerData.load(folder.resolve("own")).create().encode(text, true)).isEqualTo(ids);
        return ids;
    }

    @Test
    void readsByteLevelPairsWithBothFormsOfMerges() throws IOException {
        String bytes = "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": true}";
        assertThat(encode("ab ab", BPE, bytes)).containsExactly(3, 4);
        assertThat(encode("ab ab", BPE, bytes.replace("false", "true"))).containsExactly(4, 4);
        assertThat(encode("abc", BPE, bytes)).containsExactly(3, 5);
        assertThat(encode("abc", BPE.replace("\"unk_token\"", "\"ignore_merges\": true, \"unk_token\""), bytes))
                .containsExactly(6);
    }

    @Test
    void readsSentencePiecePairsWithBytes() throws IOException {
        String model = """
                       "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "merges": ["▁ a"],
                        "vocab": {"<unk>": 0, "▁": 1, "a": 2, "▁a": 3, "<0xC3>": 4, "<0xA9>": 5}}""";
        String normalizer = """
                            "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
                             {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}""";
        String decoder = """
                         "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                          {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}""";
        assertThat(encode("aé a", model, normalizer)).containsExactly(3, 4, 5, 3);
        assertThat(encode("日本a", model, normalizer)).as("no bytes for these: one unknown token").containsExactly(1, 0, 2);
        Tokenizer tokenizer = data(model, normalizer, decoder).create();
        assertThat(tokenizer.bytes(3)).as("an answer keeps its blank").isEqualTo(" a".getBytes(StandardCharsets.UTF_8));
        assertThat(tokenizer.bytes(5)).containsExactly(0xA9);
    }

    @Test
    void readsUnigramModels() throws IOException {
        String model = """
                       "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁", -2.0], ["a", -3.0], ["▁a", -4.0], ["aa", -5.5]]}""";
        String metaspace = "\"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"%s\"}";
        assertThat(encode("aa a", model, metaspace.formatted("always"))).containsExactly(3, 2, 3);
        assertThat(encode("aa a", model, metaspace.formatted("never"))).containsExactly(4, 3);
        assertThat(encode("x", model, metaspace.formatted("never"))).containsExactly(0);
    }

    @Test
    void prependsOnlyToTheFirstPieceWhereThatIsAskedFor() throws IOException {
        String model = "\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\"<unk>\", 0.0], [\"▁\", -2.0], [\"a\", -3.0]]}";
        String added = "\"added_tokens\": [{\"id\": 3, \"content\": \"<x>\", \"special\": true, \"normalized\": false}]";
        String first = "\"pre_tokenizer\": {\"type\": \"Metaspace\", \"prepend_scheme\": \"first\"}";
        assertThat(encode("a<x>a", model, added, first)).containsExactly(1, 2, 3, 2);
        assertThat(encode("a<x>a", model, added, first.replace("first", "always"))).containsExactly(1, 2, 3, 1, 2);
    }

    @Test
    void readsWordPieceModelsWithTheirFrame() throws IOException {
        String model = """
                       "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 8,
                        "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "un": 3, "##able": 4, "##a": 5, "!": 6}}""";
        String stages = """
                        "normalizer": {"type": "BertNormalizer", "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"},
                        "decoder": {"type": "WordPiece", "prefix": "##"}""";
        String template = """
                          "post_processor": {"type": "TemplateProcessing",
                           "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "[SEP]"}}],
                           "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1]}, "[SEP]": {"id": "[SEP]", "ids": [2]}}}""";
        assertThat(encode("UNABLE! una", model, stages, template)).containsExactly(1, 3, 4, 6, 3, 5, 2);
        assertThat(encode("unableaaa", model, stages, template)).as("longer than a word may be").containsExactly(1, 0, 2);
        String roberta = "\"post_processor\": {\"type\": \"RobertaProcessing\", \"cls\": [\"[CLS]\", 1], \"sep\": [\"[SEP]\", 2]}";
        assertThat(encode("un", model, stages, roberta)).containsExactly(1, 3, 2);
        Tokenizer tokenizer = data(model, stages, template).create();
        assertThat(tokenizer.addsBos()).isTrue();
        assertThat(tokenizer.bytes(4)).isEqualTo("able".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void findsAddedTokensAsTheirFlagsSay() throws IOException {
        String added = """
                       "added_tokens": [{"id": 7, "content": "<s>", "special": true, "normalized": false},
                        {"id": 8, "content": "<think>", "special": false, "normalized": false, "lstrip": true, "rstrip": true},
                        {"id": 9, "content": "cab", "special": false, "normalized": false, "single_word": true},
                        {"id": 11, "content": "A", "special": false, "normalized": true}]""";
        String lower = "\"normalizer\": {\"type\": \"Lowercase\"}";
        assertThat(encode("a<s>b", BPE, added)).containsExactly(0, 7, 1);
        assertThat(encode("a  <think>  b", BPE, added)).containsExactly(0, 8, 1);
        assertThat(encode("cab", BPE, added)).containsExactly(9);
        assertThat(encode("cabc", BPE, added)).containsExactly(5, 3, 5);
        assertThat(encode("Ba", BPE, added, lower)).as("looked for in the normalised text").containsExactly(1, 11);
        Tokenizer tokenizer = data(BPE, added).create();
        assertThat(tokenizer.encode("<s><think>", false)).as("special ones only where asked").containsExactly(8);
        assertThat(tokenizer.vocabularySize()).isEqualTo(12);
        assertThat(tokenizer.bytes(7)).isEmpty();
        assertThat(tokenizer.bytes(8)).isEqualTo("<think>".getBytes(StandardCharsets.UTF_8));
        assertThat(tokenizer.bytes(10)).as("a hole").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {"{`type`: `NFKC`};ﬁ;fi", "{`type`: `NFD`};é;e\u0301",
        "{`type`: `StripAccents`};e\u0301;e",
        "{`type`: `Lowercase`};ΑΣ;ας|ασ", "{`type`: `Strip`}; x ;x", "{`type`: `Nmt`};a\u200Bb\u0001;a b",
        "{`type`: `Replace`, `pattern`: {`Regex`: `b+`}, `content`: `$1`};abbc;a$1c",
        "{`type`: `BertNormalizer`};É日\u0007x;e 日 x", "{`type`: `BertNormalizer`, `lowercase`: false};É;É"})
    void normalizes(String json, String text, String expected) {
        Normalizer normalizer = JsonNormalizers.of(part("normalizer", json.replace('`', '"')));
        assertThat(normalizer.normalize(text)).isEqualTo(expected.substring(expected.indexOf('|') + 1));
    }

    @Test
    void readsAPrecompiledTable() {
        String table = Base64.getEncoder().encodeToString(CharsMapTest.table());
        assertThat(JsonNormalizers
                .of(part("normalizer", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"" + table + "\"}"))
                .normalize("A-")).isEqualTo("a-");
    }

    private static JsonPart part(String role, String json) {
        return new JsonPart(role, TokenizerJson.mapper().readTree(json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "\"normalizer\": {\"type\": \"Fancy\"}; a normalizer of type 'Fancy'; BertNormalizer",
        "\"pre_tokenizer\": {\"type\": \"Fancy\"}; a pre_tokenizer of type 'Fancy'; Metaspace",
        "\"decoder\": {\"type\": \"CTC\"}; a decoder of type 'CTC'; ByteFallback",
        "\"post_processor\": {\"type\": \"Fancy\"}; a post_processor of type 'Fancy'; TemplateProcessing",
        "\"model\": {\"type\": \"WordLevel\", \"vocab\": {}}; a model of type 'WordLevel'; Unigram",
        "\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\"}; end_of_word_suffix \"</w>\"; none",
        "\"pre_tokenizer\": {\"type\": \"Punctuation\", \"behavior\": \"Odd\"}; behavior \"Odd\"; MergedWithNext"})
    void refusesWhatItDoesNotSupportAndSaysWhatItDoes(String field, String named, String supported) throws IOException {
        TokenizerData data = field.contains("\"model\"") ? data(field) : data(BPE, field);
        assertThatThrownBy(data::create).isInstanceOf(RbeesException.class).hasMessageContaining(named)
                .hasMessageContaining("supports").hasMessageContaining(supported);
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        assertThatThrownBy(() -> TokenizerData.ofFolder(folder)).hasMessageContaining("there is no tokenizer.json");
        assertThatThrownBy(() -> data("\"model\": {\"vocab\"")).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> data("\"model\": {\"vocab\": {\"a\": -1}}")).hasMessageContaining("'a' has no id");
        assertThatThrownBy(() -> data("\"model\": {\"vocab\": [[\"a\"]]}")).hasMessageContaining("0 has no score");
        assertThatThrownBy(() -> data(BPE, "\"added_tokens\": [{\"content\": \"x\"}]").create())
                .hasMessageContaining("its id is");
    }
}
