package dev.rbees.pool.model;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.pool.model.HubListing.HubFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class HubChoiceTest {

    private static final List<String> TRANSFORMERS = List.of("README.md", "config.json", "tokenizer.json",
            "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json",
            "consolidated.safetensors", "pytorch_model.bin", "chat_template.jinja", "original/params.json");

    private static HubListing listing(boolean embeds, List<String> paths) {
        return new HubListing("org/repo", HubServer.COMMIT,
                paths.stream().map(path -> new HubFile(path, 1, null, null)).toList(), null, null, null, embeds);
    }

    private static List<String> chosen(@Nullable String wanted, String... paths) throws Exception {
        return HubChoice.of(listing(false, List.of(paths)), wanted, null).files().stream().map(HubFile::path).toList();
    }

    private static SourceException refusal(@Nullable String wanted, String... paths) {
        return catchThrowableOfType(SourceException.class, () -> chosen(wanted, paths));
    }

    @Test
    void theUsualQuantisationComesFirstAndThenASensibleOne() throws Exception {
        assertThat(chosen(null, "m-F16.gguf", "m-Q8_0.gguf", "m-Q4_K_M.gguf")).containsExactly("m-Q4_K_M.gguf");
        assertThat(chosen(null, "m.Q2_K.gguf", "m.Q5_K_M.gguf", "m.Q8_0.gguf")).containsExactly("m.Q5_K_M.gguf");
        assertThat(chosen(null, "m-fp16.gguf", "m-q4.gguf")).containsExactly("m-q4.gguf");
        assertThat(chosen(null, "odd-name.gguf", "imatrix.gguf", "mmproj-f16.gguf")).containsExactly("odd-name.gguf");
        assertThat(chosen(null, "m-UD-Q4_K_XL.gguf", "m-Q8_0.gguf")).containsExactly("m-UD-Q4_K_XL.gguf");
    }

    @Test
    void aQuantisationIsMeantAsItIsTyped() throws Exception {
        String[] paths = {"m-Q4_K_M.gguf", "m-UD-Q4_K_XL.gguf", "m-IQ4_XS.gguf", "m-BF16.gguf"};

        assertThat(chosen("q4_k_m", paths)).containsExactly("m-Q4_K_M.gguf");
        assertThat(chosen("Q4_K_XL", paths)).containsExactly("m-UD-Q4_K_XL.gguf");
        assertThat(chosen("bf16", paths)).containsExactly("m-BF16.gguf");
        assertThat(refusal("Q4", paths).reason())
                .isEqualTo("org/repo has no file of the quantisation 'Q4'; it has BF16, IQ4_XS, Q4_K_M, UD-Q4_K_XL");
    }

    @Test
    void thePartsOfOneFileComeTogether() throws Exception {
        String[] paths = {"Q4_K_M/m-Q4_K_M-00002-of-00002.gguf", "Q4_K_M/m-Q4_K_M-00001-of-00002.gguf",
            "Q8_0/m-Q8_0-00001-of-00001.gguf"};

        HubChoice choice = HubChoice.of(listing(false, List.of(paths)), null, null);
        assertThat(choice.folder()).isEqualTo("Q4_K_M/");
        assertThat(choice.files()).extracting(HubFile::path).containsExactly("Q4_K_M/m-Q4_K_M-00001-of-00002.gguf",
                "Q4_K_M/m-Q4_K_M-00002-of-00002.gguf");
        assertThat(refusal("Q4_K_M", "m-Q4_K_M-00001-of-00003.gguf", "m-Q4_K_M-00003-of-00003.gguf").reason())
                .isEqualTo("org/repo lacks parts of m-Q4_K_M");
    }

    @Test
    void whatIsAmbiguousIsListed() {
        SourceException two = refusal("Q4_0", "a-Q4_0.gguf", "b-Q4_0.gguf");
        assertThat(two.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(two.reason()).contains("name one: hf:org/repo::a-Q4_0.gguf, hf:org/repo::b-Q4_0.gguf");
        assertThat(refusal(null, "large.gguf", "small.gguf").reason()).contains("say which; it has large.gguf, small.gguf");
        assertThat(refusal(null, "README.md", "model.bin").reason()).contains("no .gguf, .safetensors or .onnx file");
    }

    @Test
    void aFolderForTransformersIsWhatAWorkerReadsOfIt() throws Exception {
        HubChoice choice = HubChoice.of(listing(false, TRANSFORMERS), null, null);

        assertThat(choice.format()).isEqualTo("safetensors");
        assertThat(choice.files()).extracting(HubFile::path).containsExactlyInAnyOrder("config.json", "tokenizer.json",
                "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json",
                "chat_template.jinja");
        assertThat(catchThrowableOfType(SourceException.class,
                () -> HubChoice.of(listing(false, TRANSFORMERS), "Q4_K_M", null)).reason())
                .contains("its weights are safetensors; leave ':Q4_K_M' out");
    }

    @Test
    void graphsComeWithTheirConstantsAndDescriptions() throws Exception {
        List<String> paths = new ArrayList<>(List.of("onnx/model.onnx", "onnx/model.onnx_data", "onnx/model_q4.onnx",
                "onnx/model_q4.onnx_data", "1_Pooling/config.json", "vocab.txt", "openvino/x.json", "model.safetensors",
                "tokenizer.json"));

        HubChoice embeds = HubChoice.of(listing(true, paths), null, null);
        assertThat(embeds.format()).isEqualTo("onnx");
        assertThat(embeds.files()).extracting(HubFile::path).containsExactly("onnx/model.onnx", "onnx/model.onnx_data",
                "1_Pooling/config.json", "vocab.txt", "tokenizer.json");
        assertThat(HubChoice.of(listing(false, paths), null, null).format()).isEqualTo("safetensors");
        assertThat(HubChoice.of(listing(false, paths), null, "onnx").format()).isEqualTo("onnx");
        assertThat(HubChoice.of(listing(false, paths), "q4", null).files()).extracting(HubFile::path)
                .startsWith("onnx/model_q4.onnx", "onnx/model_q4.onnx_data");
        assertThat(refusal(null, "a.onnx", "b.onnx").reason()).contains("several graphs; say which; it has a.onnx, b.onnx");
    }
}
