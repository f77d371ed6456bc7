package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.testing.TinyArchitecture;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SourceModelTest {

    @TempDir
    Path folder;

    private static TinyArchitecture llama() {
        return new TinyArchitecture("llama").separateMatrices();
    }

    private SourceModel open(TinyArchitecture model, String more) throws IOException {
        model.writeFolder(folder, false, """
                                         {"model_type":"llama","hidden_size":64,"num_attention_heads":4,
                                          "num_key_value_heads":2,"head_dim":32,"num_hidden_layers":6,
                                          "intermediate_size":96,"vocab_size":%d,
                                          "max_position_embeddings":256%s}""".formatted(TinyModel.vocabulary(), more));
        return SourceModel.open(folder);
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
