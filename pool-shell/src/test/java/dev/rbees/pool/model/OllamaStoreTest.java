package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.home.Sha256;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class OllamaStoreTest {

    private static final String DIGEST = Sha256.of(GgufBytes.ofModel());

    @TempDir
    Path folder;

    private ModelRef.Ollama ref(String text) {
        return (ModelRef.Ollama) ModelRef.parse(text);
    }

    private void manifest(String path, String digest) throws Exception {
        Path file = folder.resolve("manifests").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                                {"schemaVersion":2,"layers":[
                                {"mediaType":"application/vnd.ollama.image.template","digest":"sha256:%s","size":3},
                                {"mediaType":"application/vnd.ollama.image.model","digest":"%s","size":%d}]}
                                """.formatted("0".repeat(64), digest, GgufBytes.ofModel().length));
    }

    private OllamaStore store() {
        return OllamaStore.of(Map.of("OLLAMA_MODELS", folder.toString()), folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny;registry.ollama.ai/library/tiny/latest", "tiny:1b;registry.ollama.ai/library/tiny/1b",
        "me/tiny:1b;registry.ollama.ai/me/tiny/1b", "hf.co/org/tiny:Q4_K_M;hf.co/org/tiny/Q4_K_M"})
    void theLayerOfTheWeightsIsFound(String nameAndPath) throws Exception {
        String[] parts = nameAndPath.split(";", -1);
        manifest(parts[1], "sha256:" + DIGEST);

        ModelFile weights = store().weights(ref("ollama:" + parts[0]));

        assertThat(weights.sha256()).isEqualTo(DIGEST);
        assertThat(weights.sizeBytes()).isEqualTo(GgufBytes.ofModel().length);
        assertThat(weights.name()).startsWith("tiny-").endsWith(".gguf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:../../../etc/passwd", "sha256:ABC", "sha512:x", ""})
    void aDigestHasExactlyItsForm(String digest) throws Exception {
        manifest("registry.ollama.ai/library/tiny/latest", digest);

        assertThat(catchThrowableOfType(SourceException.class, () -> store().weights(ref("ollama:tiny"))).reason())
                .isEqualTo("its record of tiny:latest is damaged");
    }

    @Test
    void aModelThatIsNotThereSaysHowToGetIt() {
        SourceException refusal = catchThrowableOfType(SourceException.class, () -> store().weights(ref("ollama:tiny")));

        assertThat(refusal.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(refusal.reason()).endsWith("run: ollama pull tiny:latest");
    }

    @Test
    void aLinkIsNoBlob() throws Exception {
        Path blobs = Files.createDirectories(folder.resolve("blobs"));
        Path elsewhere = Files.write(folder.resolve("elsewhere"), GgufBytes.ofModel());
        Files.createSymbolicLink(blobs.resolve("sha256-" + DIGEST), elsewhere);
        assertThat(catchThrowableOfType(SourceException.class, () -> store().blob(DIGEST)).reason())
                .contains("file of the weights is missing");

        Files.delete(blobs.resolve("sha256-" + DIGEST));
        Files.write(blobs.resolve("sha256-" + DIGEST), GgufBytes.ofModel());
        assertThat(store().blob(DIGEST)).hasBinaryContent(GgufBytes.ofModel());
    }

    @Test
    void itIsLookedForWhereItsProgramAndItsServiceKeepIt() {
        assertThat(OllamaStore.of(Map.of(), Path.of("/home/me")).roots()).isEqualTo(
                List.of(Path.of("/home/me/.ollama/models"), Path.of("/usr/share/ollama/.ollama/models")));
    }
}
