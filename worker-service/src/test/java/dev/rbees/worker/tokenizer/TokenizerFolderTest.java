package dev.rbees.worker.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenizerFolderTest {

    @TempDir
    private Path folder;

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    @BeforeEach
    void aTokenizer() throws IOException {
        write("tokenizer.json",
                """
                {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}, "added_tokens": [
                 {"id": 2, "content": "<s>", "special": true}, {"id": 3, "content": "</s>", "special": true},
                 {"id": 4, "content": "<|im_end|>", "special": true}, {"id": 5, "content": "<stop>", "special": true}]}""");
    }

    @Test
    void readsWhatTheFilesSay() throws IOException {
        write("tokenizer_config.json",
                "{\"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\"}, \"chat_template\": \"T\"}");
        write("generation_config.json", "{\"eos_token_id\": [5, 99]}");
        TokenizerFolder read = TokenizerFolder.read(folder, 6);
        assertThat(read.bosToken()).isEqualTo("<s>");
        assertThat(read.eosToken()).isEqualTo("</s>");
        assertThat(read.endIds()).as("named, well known, and listed; none that does not exist").containsExactly(3, 4, 5);
        assertThat(read.chatTemplate()).isEqualTo("T");
        assertThat(read.data().tokens()).hasSize(6);
    }

    @Test
    void doesWithoutThem() {
        TokenizerFolder read = TokenizerFolder.read(folder, 6);
        assertThat(read.bosToken()).isNull();
        assertThat(read.eosToken()).isNull();
        assertThat(read.chatTemplate()).isNull();
        assertThat(read.endIds()).containsExactly(4);
    }

    @Test
    void takesNamesFromTheMapAndIdsFromTheModelsConfiguration() throws IOException {
        write("special_tokens_map.json", "{\"bos_token\": \"<s>\"}");
        write("config.json", "{\"eos_token_id\": 3}");
        assertThat(TokenizerFolder.read(folder, 6).bosToken()).isEqualTo("<s>");
        assertThat(TokenizerFolder.read(folder, 6).endIds()).containsExactly(3, 4);
    }

    @Test
    void findsTheTemplateWhereverItIs() throws IOException {
        write("tokenizer_config.json",
                """
                {"chat_template": [{"name": "tool_use", "template": "X"}, {"name": "default", "template": "D"}]}""");
        assertThat(TokenizerFolder.read(folder, 6).chatTemplate()).isEqualTo("D");
        write("chat_template.json", "{\"chat_template\": \"J\"}");
        assertThat(TokenizerFolder.read(folder, 6).chatTemplate()).isEqualTo("J");
        write("chat_template.jinja", "N");
        assertThat(TokenizerFolder.read(folder, 6).chatTemplate()).isEqualTo("N");
    }

    @Test
    void anEndThatHasNoEmbeddingIsNone() throws IOException {
        write("tokenizer_config.json", "{\"eos_token\": \"<stop>\"}");
        TokenizerFolder read = TokenizerFolder.read(folder, 5);
        assertThat(read.data().tokens()).hasSize(5);
        assertThat(read.endIds()).containsExactly(4);
    }

    @Test
    void refusesADamagedFile() throws IOException {
        write("tokenizer_config.json", "{");
        assertThatThrownBy(() -> TokenizerFolder.read(folder, 6)).hasMessageContaining("tokenizer_config.json is not JSON");
    }
}
