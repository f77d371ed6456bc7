package dev.rbees.api.model;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelRefTest {

    @ParameterizedTest
    @ValueSource(strings = {"hf:org/repo@main::sub/m-Q4_K_M.gguf", "hf:org/repo@v1::folder/", "hf:org/repo@main",
        "hf:org/repo@main:Q4_K_M", "https://host.example/a/m.gguf?token=x", "http://127.0.0.1:8080/m.gguf",
        "pypi:package==1.0::pkg/m.gguf", "pypi:package", "pypi:package==1.0", "pypi:a==1::m.part00,b==2.0+local::m.part01",
        "maven:org.example:models:1.2!m.gguf", "maven:org.example:models:1.2:tiny!sub/", "ollama:qwen3:0.6b",
        "ollama:hf.co/org/repo:Q4_K_M", "file:/home/me/m.gguf"})
    void isReadAsItIsWritten(String text) {
        assertThat(ModelRef.parse(text)).hasToString(text);
    }

    @Test
    void whatIsLeftOutIsTheUsual() {
        assertThat(ModelRef.parse("hf:org/repo")).hasToString("hf:org/repo@main");
        assertThat(ModelRef.parse("hf:org/repo::m.gguf")).hasToString("hf:org/repo@main::m.gguf");
        assertThat(ModelRef.parse("ollama:qwen3")).hasToString("ollama:qwen3:latest");
        assertThat(ModelRef.parse("HTTPS://host.example/m.gguf")).hasToString("https://host.example/m.gguf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m.gguf", "hf:repo", "hf:../repo", "hf:org/repo@../x::m", "hf:org/repo::../m",
        "hf:org/repo::/m",
        "hf:org/repo::a//b", "hf:org/repo:", "https:///m.gguf", "https://user:secret@host/m.gguf", "https://host/",
        "https://host",
        "https://host/a/../m.gguf", "ftp://host/m.gguf", "pypi:a==1::../m", "pypi:a==1::m,", "pypi:a::m",
        "maven:a:b!m", "maven:a:b:1!../m", "maven:..:b:1!m", "ollama:../x", "ollama:a:..", "file:relative", "file:/a\nb"})
    void whatIsNoPlaceIsRefused(String text) {
        assertThatThrownBy(() -> ModelRef.parse(text)).isInstanceOf(RbeesException.class)
                .hasMessageStartingWith("a model's source is hf:");
    }

    @Test
    void aFileOfAFolderHasItsNameBelowIt() {
        ModelFile file = new ModelFile("m-00001-of-00002.gguf", null, null, null, List.of());

        assertThat(((ModelRef.HuggingFace) ModelRef.parse("hf:org/repo::Q4/")).pathOf(file)).isEqualTo("Q4/" + file.name());
        assertThat(((ModelRef.HuggingFace) ModelRef.parse("hf:org/repo::x.gguf")).pathOf(file)).isEqualTo("x.gguf");
    }
}
