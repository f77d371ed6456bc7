package dev.rbees.worker.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.GgufBuilder;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenizerCheckTest {

    private static final String NO_NAME = "the model does not name its pre-tokenizer (tokenizer.ggml.pre)";
    private static final String NO_MERGES = "the model's tokenizer has no merges that fit its tokens";
    private static final String UNUSABLE = "every text would become single characters";

    @TempDir
    Path folder;

    private List<String> gguf(GgufBuilder builder) {
        try (GgufFile file = GgufFile.open(builder.write(folder.resolve("m.gguf")))) {
            return TokenizerCheck.ofGguf(file.metadata(), TokenizerData.of(file.metadata()));
        }
    }

    private static GgufBuilder pairs(List<String> tokens, List<String> merges) {
        return new GgufBuilder().text("tokenizer.ggml.model", "gpt2").texts("tokenizer.ggml.tokens", tokens)
                .texts("tokenizer.ggml.merges", merges);
    }

    @Test
    void aGgufFileThatNamesItsPretokenizerAndHasMergesIsFine() {
        assertThat(gguf(pairs(List.of("a", "b", "ab"), List.of("a b")).text("tokenizer.ggml.pre", "smollm"))).isEmpty();
        assertThat(gguf(pairs(List.of("a", "b", "ab"), List.of("a b")).text("tokenizer.ggml.pre", "default"))).isEmpty();
    }

    @Test
    void aGgufFileWithoutTheNameOfItsPretokenizerIsDoubtful() {
        assertThat(gguf(pairs(List.of("a", "b", "ab"), List.of("a b")))).singleElement().asString().startsWith(NO_NAME);
    }

    @Test
    void anUnknownPretokenizerIsRefused() {
        assertThatThrownBy(() -> gguf(pairs(List.of("a"), List.of()).text("tokenizer.ggml.pre", "new-one")))
                .isInstanceOf(RbeesException.class).hasMessageContaining("the pre-tokenizer 'new-one'");
    }

    @Test
    void wordsThatOnlyMergesMakeNeedMerges() {
        assertThatThrownBy(() -> gguf(pairs(List.of("a", "b", "ab"), List.of()).text("tokenizer.ggml.pre", "smollm")))
                .hasMessageContaining(UNUSABLE);
        assertThatThrownBy(() -> gguf(pairs(List.of("a", "b", "ab"), List.of("x y")).text("tokenizer.ggml.pre", "smollm")))
                .as("merges of another vocabulary").hasMessageContaining(UNUSABLE);
        assertThat(gguf(pairs(List.of("a", "b", "ab"), List.of()).text("tokenizer.ggml.pre", "llama-bpe")))
                .as("whole words are looked up").singleElement().asString().startsWith(NO_MERGES);
        assertThat(gguf(pairs(List.of("a", "b"), List.of()).text("tokenizer.ggml.pre", "smollm")))
                .as("characters only").isEmpty();
        assertThat(gguf(pairs(List.of("a", "<s>"), List.of()).text("tokenizer.ggml.pre", "smollm")
                .integers("tokenizer.ggml.token_type", List.of(1, 3)))).as("a special token").isEmpty();
    }

    private List<String> json(String model, String parts) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"),
                "{\"model\":{\"type\":\"BPE\"," + model
                        + "},\"added_tokens\":[{\"id\":3,\"content\":\"<s>\",\"special\":true}]"
                        + parts + "}");
        return TokenizerCheck.ofFolder(TokenizerData.ofFolder(folder));
    }

    @Test
    void aFolderIsCheckedAlike() throws IOException {
        String splitting = ",\"pre_tokenizer\":{\"type\":\"ByteLevel\"},\"decoder\":{\"type\":\"ByteLevel\"}";
        String words = "\"vocab\":{\"a\":0,\"b\":1,\"ab\":2,\"<s>\":3}";
        assertThat(json(words + ",\"merges\":[\"a b\"]", splitting)).isEmpty();
        assertThatThrownBy(() -> json(words + ",\"merges\":[]", splitting)).hasMessageContaining(UNUSABLE);
        assertThat(json(words + ",\"merges\":[],\"ignore_merges\":true", splitting)).singleElement().asString()
                .startsWith(NO_MERGES);
        assertThat(json("\"vocab\":{\"a\":0,\"b\":1,\"<0x41>\":2,\"<s>\":3},\"merges\":[]", splitting)).isEmpty();
    }

    @Test
    void aFolderWithoutAPretokenizerIsDoubtfulOrRefused() throws IOException {
        String model = "\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},\"merges\":[\"a b\"]";
        assertThat(json(model, "")).singleElement().asString()
                .startsWith("the model's tokenizer.json has no pre-tokenizer");
        assertThat(json(model, ",\"normalizer\":{\"type\":\"Prepend\",\"prepend\":\"_\"}")).as("as Llama 2 has it")
                .isEmpty();
        assertThatThrownBy(() -> json(model, ",\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"ByteLevel\"}]}"))
                .hasMessageContaining("its vocabulary of bytes cannot be used without one");
    }

    @Test
    void whatIsDoubtfulIsKeptWithTheImport() throws IOException {
        Path source = TinyModel.of(TensorEncoding.Q4_0).write(folder.resolve("m.gguf"), 1);
        String bytes = Files.readString(source, StandardCharsets.ISO_8859_1);
        Files.writeString(source, bytes.replace("tokenizer.ggml.pre", "tokenizer.ggml.per"), StandardCharsets.ISO_8859_1);
        ModelImporter importer = new ModelImporter(new RbeesHome(folder.resolve("home")), ImportOptions.DEFAULT);
        for (int run = 0; run < 2; run++) {
            assertThat(importer.open(source, (_, _) -> {
            }).description().warnings()).singleElement().asString().startsWith(NO_NAME);
        }
    }
}
