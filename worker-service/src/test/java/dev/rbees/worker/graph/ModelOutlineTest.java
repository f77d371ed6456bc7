package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ImportOptions.Plain;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.TinyArchitecture;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is foretold of an import is what it comes to, and never less. */
class ModelOutlineTest {

    @TempDir
    Path folder;

    private void foretells(Path source, ImportOptions options) {
        ModelOutline outline = ModelOutline.of(source, options);
        ImportedModel.Description made = new ModelImporter(new RbeesHome(folder.resolve("home")), options)
                .open(source, (_, _) -> {
                }).description();
        assertThat(outline.shape()).isEqualTo(made.shape());
        assertThat(outline.weightsBytes()).isBetween(made.weightsBytes(), made.weightsBytes() * 6 / 5);
    }

    @ParameterizedTest
    @EnumSource(TensorEncoding.class)
    void theSizeOfEveryEncoding(TensorEncoding encoding) {
        Path source = TinyModel.of(encoding).write(folder.resolve("m.gguf"), 1);
        foretells(source, ImportOptions.DEFAULT);
        foretells(source, new ImportOptions(Plain.INT4, true));
        foretells(source, new ImportOptions(Plain.FLOAT32, false));
    }

    @Test
    void theSizeOfMatricesThatAreJoined() {
        TinyModel mixed = new TinyModel(2, 64, 4, 2, 128, TensorEncoding.Q8_0, TensorEncoding.Q5_1, false);
        foretells(mixed.write(folder.resolve("m.gguf"), 1), ImportOptions.DEFAULT);
    }

    @Test
    void whetherSomeHaveFourBits() {
        Path source = TinyModel.of(TensorEncoding.Q4_0).write(folder.resolve("m.gguf"), 1);
        assertThat(ModelOutline.of(source, ImportOptions.DEFAULT).fourBits()).isTrue();
        Path other = TinyModel.of(TensorEncoding.Q4_1).write(folder.resolve("n.gguf"), 1);
        assertThat(ModelOutline.of(other, ImportOptions.DEFAULT).fourBits()).isFalse();
    }

    @Test
    void theSizeOfAFolder() throws IOException {
        Path source = Files.createDirectories(folder.resolve("model"));
        new TinyArchitecture("llama").separateMatrices().writeFolder(source, false,
                """
                {"model_type":"llama","hidden_size":64,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":32,
                 "num_hidden_layers":6,"intermediate_size":96,"vocab_size":%d,"max_position_embeddings":256}"""
                        .formatted(TinyModel.vocabulary()));
        foretells(source, ImportOptions.DEFAULT);
    }

    @Test
    void refusesWhatNoImportCouldTake() throws IOException {
        Path file = Files.writeString(folder.resolve("m.gguf"), "no model");
        assertThatThrownBy(() -> ModelOutline.of(file, ImportOptions.DEFAULT)).hasMessageContaining("GGUF");
    }
}
