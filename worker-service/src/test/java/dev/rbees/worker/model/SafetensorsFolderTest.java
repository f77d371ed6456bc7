package dev.rbees.worker.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.testing.SafetensorsBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SafetensorsFolderTest {

    private static final String NORM = "model.norm.weight";

    @TempDir
    Path folder;

    @Test
    void findsTensorsOfAllFilesUnderTheNamesOfGguf() {
        new SafetensorsBuilder().tensor(NORM, false, new float[] {1, 2}, 2)
                .tensor("model.layers.3.self_attn.q_proj.weight", true, new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
                .write(folder.resolve("model-00001-of-00002.safetensors"));
        new SafetensorsBuilder().tensor("model.layers.0.self_attn.q_proj.bias", false, new float[] {9}, 1)
                .tensor("vision_tower.patch.weight", false, new float[] {0}, 1)
                .write(folder.resolve("model-00002-of-00002.safetensors"));
        try (SafetensorsFolder files = SafetensorsFolder.open(folder, Architecture.LLAMA)) {
            assertThat(files.tensors()).extracting(Tensor::name).containsExactly("output_norm.weight",
                    "blk.3.attn_q.weight", "blk.0.attn_q.bias");
            assertThat(PlainNumbers.read(files, files.require("output_norm.weight", 2, 1))).containsExactly(1, 2);
            Tensor matrix = files.require("blk.3.attn_q.weight", 2, 3);
            assertThat(matrix.encoding()).isEqualTo(TensorEncoding.BF16);
            assertThat(PlainNumbers.read(files, matrix)).containsExactly(1, 2, 3, 4, 5, 6);
            byte[] row = new byte[4];
            files.readRows(matrix, 2, 1, row);
            assertThat(PlainNumbers.at(TensorEncoding.BF16, row, 2)).isEqualTo(6);
            assertThatThrownBy(() -> files.require("output.weight")).hasMessageContaining("no tensor output.weight");
        }
    }

    @Test
    void readsTheNamesOfModelsWithNormsBehind() {
        new SafetensorsBuilder().tensor("model.layers.1.post_attention_layernorm.weight", false, new float[] {1}, 1)
                .tensor("model.layers.1.pre_feedforward_layernorm.weight", false, new float[] {2}, 1)
                .tensor("model.layers.1.post_feedforward_layernorm.weight", false, new float[] {3}, 1)
                .write(folder.resolve("model.safetensors"));
        try (SafetensorsFolder files = SafetensorsFolder.open(folder, Architecture.GEMMA2)) {
            assertThat(files.tensors()).extracting(Tensor::name).containsExactly("blk.1.post_attention_norm.weight",
                    "blk.1.ffn_norm.weight", "blk.1.post_ffw_norm.weight");
        }
        try (SafetensorsFolder files = SafetensorsFolder.open(folder, Architecture.LLAMA)) {
            assertThat(files.tensors()).extracting(Tensor::name).containsExactly("blk.1.ffn_norm.weight");
        }
    }

    private void index(String map) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\":" + map + "}");
    }

    @Test
    void refusesAFolderThatLacksAFileOfItsIndex() throws IOException {
        new SafetensorsBuilder().tensor(NORM, false, new float[] {1}, 1).write(folder.resolve("a.safetensors"));
        index("{\"model.norm.weight\":\"a.safetensors\",\"lm_head.weight\":\"b.safetensors\"}");
        assertRefused("b.safetensors is missing");
        new SafetensorsBuilder().tensor("lm_head.weight", false, new float[] {1}, 1)
                .write(folder.resolve("b.safetensors"));
        try (SafetensorsFolder files = SafetensorsFolder.open(folder, Architecture.LLAMA)) {
            assertThat(files.tensors()).hasSize(2);
        }
    }

    @Test
    void refusesAFolderThatLacksATensorOfItsIndex() throws IOException {
        new SafetensorsBuilder().tensor(NORM, false, new float[] {1}, 1).write(folder.resolve("a.safetensors"));
        index("{\"model.norm.weight\":\"a.safetensors\",\"vision.weight\":\"a.safetensors\","
                + "\"lm_head.weight\":\"a.safetensors\"}");
        assertRefused("lm_head.weight is in a.safetensors, but it is nowhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "7", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":7}}"})
    void refusesADamagedIndex(String index) throws IOException {
        new SafetensorsBuilder().tensor(NORM, false, new float[] {1}, 1).write(folder.resolve("a.safetensors"));
        Files.writeString(folder.resolve("model.safetensors.index.json"), index);
        assertRefused("model.safetensors.index.json is damaged");
    }

    @Test
    void refusesAFolderThatLacksAPartOfItsWeightsAlsoWithoutAnIndex() {
        new SafetensorsBuilder().tensor(NORM, false, new float[] {1}, 1)
                .write(folder.resolve("model-00002-of-00003.safetensors"));
        assertRefused("model-00001-of-00003.safetensors is missing");
    }

    @Test
    void refusesATensorThatIsThereTwice() {
        for (String name : new String[] {"a.safetensors", "b.safetensors"}) {
            new SafetensorsBuilder().tensor(NORM, false, new float[] {1}, 1).write(folder.resolve(name));
        }
        assertRefused("is in the model folder twice");
    }

    @Test
    void refusesAFolderWithoutFiles() {
        assertRefused("has 0 .safetensors files");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[1]                                                                         | no JSON object",
        "{\"t\":                                                                     | is no JSON",
        "{\"t\":{},\"t\":{}}                                                         | is no JSON",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"t2\":7}   | the type ;",
        "{\"t\":{\"dtype\":\"I8\",\"shape\":[8],\"data_offsets\":[0,8]}}             | the type I8; rbees reads F32, F16 and BF16",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}             | no shape of 1 to 4 dimensions",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}    | no shape of 1 to 4 dimensions",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}            | impossible dimension",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}           | impossible dimension",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}}          | impossible dimension",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,8]}} | larger than anything",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2]}}                                   | has no place",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}              | has no place",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}           | does not lie inside the file",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}            | does not lie inside the file",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}           | does not lie inside the file",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}            | not as long as its shape says",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775800,9223372036854775804]}} | does not lie inside",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | overlap"})
    void refusesADamagedHeader(String header, String problem) throws IOException {
        Files.write(folder.resolve("m.safetensors"), SafetensorsBuilder.build(header, new byte[8]));
        assertRefused(problem);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 3, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE})
    void refusesAHeaderOfAnImpossibleLength(long length) throws IOException {
        byte[] file = SafetensorsBuilder.build("{}", new byte[0]);
        java.nio.ByteBuffer.wrap(file).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        Files.write(folder.resolve("m.safetensors"), file);
        assertRefused("its header cannot be");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 9})
    void refusesAFileThatWasCutOff(int length) throws IOException {
        Files.write(folder.resolve("m.safetensors"),
                java.util.Arrays.copyOf(SafetensorsBuilder.build("{}", new byte[0]), length));
        assertRefused("its header cannot be");
    }

    private void assertRefused(String problem) {
        assertThatThrownBy(() -> SafetensorsFolder.open(folder, Architecture.LLAMA).close())
                .isInstanceOfSatisfying(RbeesException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
                    assertThat(e.userMessage()).contains(problem);
                });
    }
}
