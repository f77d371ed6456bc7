package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.testing.TinyExport;
import dev.rbees.worker.tokenizer.TokenizerFolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Folders for onnxruntime-genai, which describe the graph in a file of their own. */
class GenaiConfigTest {

    private static final int[] TOKENS = {5, 9, 1, 30, 7};
    /** As the model builder writes it, but for the sizes. */
    private static final String CONFIG = """
                                         {"model": {"bos_token_id": 1, "context_length": 300,
                                           "decoder": {
                                             "session_options": {"log_id": "onnxruntime-genai", "provider_options": []},
                                             "filename": "model.onnx", "head_size": 4, "hidden_size": 8,
                                             "inputs": {"input_ids": "input_ids", "attention_mask": "attention_mask",
                                               "position_ids": "position_ids",
                                               "past_key_names": "past_key_values.%d.key",
                                               "past_value_names": "past_key_values.%d.value"},
                                             "outputs": {"logits": "logits", "present_key_names": "present.%d.key",
                                               "present_value_names": "present.%d.value"},
                                             "num_attention_heads": 2, "num_hidden_layers": 2, "num_key_value_heads": 2},
                                           "eos_token_id": [3, 4], "pad_token_id": 2, "type": "llama", "vocab_size": 50},
                                          "search": {"do_sample": false, "max_length": 300,
                                            "past_present_share_buffer": true}}""";

    @TempDir
    Path folder;

    private float[] expected;

    @BeforeEach
    void write() throws IOException {
        new TinyExport(false, false, false, false).write(folder, 4);
        expected = logits();
        Files.delete(folder.resolve("config.json"));
        describe(CONFIG);
    }

    private void describe(String config) throws IOException {
        Files.writeString(folder.resolve("genai_config.json"), config);
    }

    private float[] logits() {
        try (ExportedDecoder decoder = ExportedDecoder.open(ExportedModel.open(folder), 1, 300, 1)) {
            float[] logits = new float[decoder.vocabulary()];
            assertThat(decoder.prefill(0, 0, TOKENS, logits)).isTrue();
            return logits;
        }
    }

    private void inGraph(String word, String another) throws IOException {
        Path graph = folder.resolve("model.onnx");
        assertThat(another).as("so that no length changes").hasSameSizeAs(word);
        String text = Files.readString(graph, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(word);
        Files.writeString(graph, text.replace(word, another), StandardCharsets.ISO_8859_1);
    }

    @Test
    void runsAsTheSameGraphWithAUsualDescription() {
        assertThat(logits()).isEqualTo(expected);
        assertThat(ExportedModel.open(folder)).returns(2, ExportedModel::layers).returns(2, ExportedModel::kvHeads)
                .returns(4, ExportedModel::headSize).returns(50, ExportedModel::vocabulary)
                .returns(300, ExportedModel::contextLength);
    }

    @Test
    void itsDescriptionComesBeforeTheUsualOne() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"num_hidden_layers\": 7}");
        assertThat(logits()).isEqualTo(expected);
        assertThat(ExportedModel.open(folder.resolve("model.onnx")).layers()).isEqualTo(2);
    }

    @Test
    void theFileOfTheGraphIsTheOneThatIsNamed() throws IOException {
        Files.move(folder.resolve("model.onnx"), folder.resolve("decoder.onnx"));
        Files.writeString(folder.resolve("model.onnx"), "another");
        describe(CONFIG.replace("\"model.onnx\"", "\"decoder.onnx\""));
        assertThat(logits()).isEqualTo(expected);
    }

    @Test
    void otherNamesOfInputsAndOutputsAreThoseThatItSays() throws IOException {
        inGraph("input_ids", "token_ids");
        inGraph("attention_mask", "attended_token");
        inGraph("position_ids", "place_number");
        inGraph("past_key_values.", "cache_beforehand");
        inGraph("present.", "cache_at");
        inGraph("logits", "scores");
        assertThatThrownBy(this::logits).hasMessageContaining("it has inputs that rbees does not know: attended_token");
        describe(CONFIG.replace(": \"input_ids\"", ": \"token_ids\"").replace(": \"attention_mask\"", ": \"attended_token\"")
                .replace(": \"position_ids\"", ": \"place_number\"").replace("\"past_key_values.", "\"cache_beforehand")
                .replace("\"present.", "\"cache_at").replace(": \"logits\"", ": \"scores\""));
        assertThat(logits()).isEqualTo(expected);
    }

    @Test
    void namesThatItDoesNotSayAreTheUsualOnes() throws IOException {
        describe(CONFIG.replaceAll("(?s)\"inputs\": \\{.*?},", "").replaceAll("(?s)\"outputs\": \\{.*?},", "")
                .replace("\"head_size\": 4,", ""));
        assertThat(logits()).isEqualTo(expected);
    }

    @Test
    void itsTokensEndAnswers() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{\"type\":\"WordPiece\",\"vocab\":"
                + "{\"a\":0,\"b\":1,\"c\":2,\"d\":3,\"e\":4}},\"added_tokens\":[]}");
        assertThat(TokenizerFolder.read(folder, 50).endIds()).containsExactly(3, 4);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', value = {
        "\"filename\" => \"sliding_window\": {\"window_size\": 128}, \"filename\" => its keys and values slide through a"
                + " window of 128 positions, which the program around the graph must move, and rbees keeps all positions;"
                + " take the model's safetensors or GGUF file",
        "\"filename\" => \"pipeline\": [{\"prompt\": {}}], \"filename\" => its decoder is a pipeline of several graphs",
        "\"decoder\" => \"vision\": {\"filename\": \"v.onnx\"}, \"decoder\" => it has a graph of its own for 'vision'",
        "\"decoder\" => \"encoder\": {\"filename\": \"e.onnx\"}, \"decoder\" => it has a graph of its own for 'encoder'",
        "\"past_key_names\" => \"past_names\": \"past_%d\", \"past_key_names\" => keys and values of a layer in one tensor",
        "past_key_values.%d.key => past_key_values.key => has no place for the layer (%d) in past_key_names",
        "\"model.onnx\" => \"../model.onnx\" => which is no plain name",
        "\"model.onnx\" => 7 => does not name the decoder's file",
        "\"vocab_size\": 50 => \"vocab_size\": -1 => genai_config.json has no whole number from 1 to 16777216 as vocab_size",
        "\"num_hidden_layers\": 2 => \"num_hidden_layers\": 3 => 2.0 layers, and genai_config.json says 3",
        "\"num_attention_heads\": 2, => `` => genai_config.json has no num_attention_heads",
        "\"head_size\": 4 => \"head_size\": 8 => which genai_config.json leads to expect"})
    void saysInOneLineWhyItCannotRun(String old, String replacement, String reason) throws IOException {
        describe(CONFIG.replace(old, replacement));
        assertThatThrownBy(this::logits).isInstanceOf(RbeesException.class).hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aWindowThatTheGraphKeepsItselfDoesNotMatter() throws IOException {
        describe(
                CONFIG.replace("\"filename\"", "\"sliding_window\": {\"window_size\": 128, \"slide_key_value_cache\": false,"
                        + " \"slide_inputs\": false}, \"filename\""));
        assertThat(logits()).isEqualTo(expected);
    }

    @Test
    void aDamagedOneIsNamed() throws IOException {
        describe("{");
        assertThatThrownBy(this::logits).hasMessageContaining("genai_config.json is no valid JSON");
    }
}
