package dev.rbees.api.model;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.rbees.api.json.Json;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogTest {

    private static final Catalog CATALOG = Catalog.builtIn();

    @Test
    void hasTheModelsThatPeopleAskFor() {
        assertThat(CATALOG.models()).extracting(CatalogModel::id).contains("qwen-0.5b", "tinyllama", "phi3", "mistral",
                "smollm2-135m", "smollm2-360m", "qwen3-0.6b", "qwen3-4b", "gemma3-270m", "gemma3-1b", "llama3.2-1b",
                "all-minilm",
                "bge-small-en").doesNotHaveDuplicates();
    }

    @Test
    void saysOfEachWhatAPersonMustKnowToChoose() {
        assertThat(CATALOG.models()).allSatisfy(model -> {
            assertThat(model.architecture()).isNotBlank();
            assertThat(model.quantization()).isNotBlank();
            assertThat(model.licence()).isNotBlank();
            assertThat(model.contextLength()).isPositive();
            assertThat(model.sizeBytes()).isPositive();
            assertThat(model.memoryBytes()).isGreaterThan(model.sizeBytes());
            assertThat(model.refs()).isNotEmpty();
        });
    }

    @Test
    void aDigestIsKnownWholeOrNotAtAll() {
        assertThat(CATALOG.require("smollm2-135m").digests()).isPresent();
        assertThat(CATALOG.require("gemma3-270m").exact()).isTrue();
        assertThat(CATALOG.require("qwen3-4b").digests()).isEmpty();
        assertThat(CATALOG.require("qwen3-4b").exact()).isFalse();
        assertThat(CATALOG.require("all-minilm").generates()).isFalse();
    }

    @Test
    void someOfItsSourcesAreThoseOfEachFile() {
        CatalogModel model = CATALOG.require("all-minilm");

        assertThat(model.refs(model.files().getFirst())).hasSize(2).last().isInstanceOf(ModelRef.MavenArtifact.class);
        CatalogModel fromMaven = model.fromKind("maven");
        assertThat(fromMaven.refs()).hasSize(2).allMatch(ModelRef.MavenArtifact.class::isInstance);
        assertThat(model.from(List.of("https://host.example/m.onnx")).refs(model.files().getFirst())).hasSize(2);
        assertThat(model.from(List.of("https://host.example/m.onnx")).refs()).singleElement()
                .isInstanceOf(ModelRef.Web.class);
    }

    @Test
    void isReadAsItWasWritten() {
        assertThat(Json.read(Json.write(CATALOG), Catalog.class)).isEqualTo(CATALOG);
    }
}
