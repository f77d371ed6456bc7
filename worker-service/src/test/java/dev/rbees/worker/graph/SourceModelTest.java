package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.testing.TinyArchitecture;
import dev.rbees.worker.testing.TinyModel;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.TokenizerData;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SourceModelTest {

    @TempDir
    Path folder;

    private static TinyArchitecture llama() {
        return new TinyArchitecture("llama").separateMatrices();
    }

    private SourceModel open(TinyArchitecture model, String more) throws IOException {
        write(model, TinyModel.vocabulary(), more);
        return SourceModel.open(folder);
    }

    private void write(TinyArchitecture model, int vocabulary, String more) throws IOException {
        model.writeFolder(folder, false, """
                                         {"model_type":"llama","hidden_size":64,"num_attention_heads":4,
                                          "num_key_value_heads":2,"head_dim":32,"num_hidden_layers":6,
                                          "intermediate_size":96,"vocab_size":%d,
                                          "max_position_embeddings":256%s}""".formatted(vocabulary, more));
    }

    private ImportedModel importIt() {
        return new ModelImporter(new RbeesHome(folder.resolve("home")), ImportOptions.DEFAULT).open(folder, (_, _) -> {
        });
    }

    /** As the smaller models of a family have it whose larger ones know a sign for images. */
    @Test
    void passesOverAnAddedTokenWithoutAnEmbedding() throws IOException {
        write(llama(), TinyModel.vocabulary(), "");
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"added_tokens\":[]",
                "\"added_tokens\":[{\"id\":2,\"content\":\"<|im_end|>\",\"special\":true},{\"id\":%d,\"content\":\"<image>\",\"special\":true}]"
                        .formatted(TinyModel.vocabulary())));
        Tokenizer tokenizer = TokenizerData.load(importIt().tokenizer()).create();
        assertThat(tokenizer.vocabularySize()).isEqualTo(TinyModel.vocabulary());
        assertThat(tokenizer.encode("<image><|im_end|>", true)).as("seven letters, as any text").hasSize(8).endsWith(2);
    }

    @Test
    void refusesAWordWithoutAnEmbedding() throws IOException {
        write(llama(), TinyModel.vocabulary(), "");
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"vocab\":{",
                "\"vocab\":{\"word\":" + TinyModel.vocabulary() + ","));
        assertThatThrownBy(this::importIt).hasMessageContaining("the model has " + (TinyModel.vocabulary() + 1)
                + " tokens and embeddings for " + TinyModel.vocabulary());
    }

    @Test
    void takesMoreEmbeddingsThanTokens() throws IOException {
        int padded = TinyModel.vocabulary() + 8;
        write(llama().matrix("token_embd.weight", TinyArchitecture.WIDTH, padded), padded, "");
        ImportedModel imported = importIt();
        assertThat(imported.description().shape().vocabulary()).isEqualTo(padded);
        assertThat(TokenizerData.load(imported.tokenizer()).create().vocabularySize()).isEqualTo(TinyModel.vocabulary());
    }

    @Test
    void refusesAFolderWhoseHeadIsNeitherThereNorTheEmbedding() throws IOException {
        assertThatThrownBy(() -> open(llama(), ",\"tie_word_embeddings\":false").close())
                .isInstanceOf(RbeesException.class).hasMessageContaining("no tensor lm_head.weight")
                .hasMessageContaining("tie_word_embeddings");
        open(llama(), ",\"tie_word_embeddings\":true").close();
        open(llama(), "").close();
    }

    @Test
    void takesTheHeadThatIsThereWhateverTheConfigurationSays() throws IOException {
        for (String tied : new String[] {"true", "false"}) {
            TinyArchitecture model = llama().matrix("output.weight", TinyArchitecture.WIDTH, TinyModel.vocabulary());
            try (SourceModel source = open(model, ",\"tie_word_embeddings\":" + tied)) {
                assertThat(source.tensors().find("output.weight")).isPresent();
            }
        }
    }
}
