package dev.rbees.ctl.matrix;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SupportPageTest {

    private static final Path DOCS = Path.of("../docs");

    private static final String EARLIER = """
                                          {"kind":"models","date":"2026-11-01","runs":[{"machine":{"system":"Linux x86_64","memory_bytes":25276510208,"gpus":"",
                                          "load":11.9},"cells":[{"model":"tiny|x","backend":"cpu","status":"passed","format":"gguf","architecture":"llama",
                                          "quantization":"Q8_0","start_seconds":1.0,"tokens_per_second":16.3,"resident_bytes":489742336},
                                          {"model":"phi3","backend":"cpu","status":"failed","reason":"it | broke"}]}]}""";
    private static final String LATER = """
                                        {"kind":"models","date":"2026-11-02","runs":[{"cells":[{"model":"tiny|x","backend":"cpu","status":"skipped",
                                        "reason":"not here"},{"model":"phi3","backend":"cpu","status":"passed","format":"gguf","architecture":"phi3",
                                        "quantization":"Q4_K_M","start_seconds":2.5,"tokens_per_second":8.0},{"model":"phi3","backend":"webgpu",
                                        "status":"refused","reason":"no"}]}]}""";

    private static String page(String... documents) {
        return SupportPage.of(Stream.of(documents).map(text -> text.getBytes(UTF_8)).toList()).markdown();
    }

    @Test
    void thePageOfTheProjectIsThatOfItsResults() throws Exception {
        assertThat(new ResultFolder(DOCS.resolve("model-support")).page().markdown())
                .as("rbees test report --results docs/model-support --report docs/MODEL_SUPPORT.md")
                .isEqualTo(Files.readString(DOCS.resolve("MODEL_SUPPORT.md")));
    }

    @Test
    void theNewestTrialCountsAndNoneIsHiddenByOneThatCouldNotBe() {
        assertThat(page(LATER, EARLIER)).contains("2 of 2 cells that could be tried passed")
                .contains(
                        "| `tiny|x` (own) | measured 2026-11-01: GGUF Q8_0, start 1.0 s, 16.3 tokens/s, 490 MB | untested |")
                .contains("| `phi3` (Phi-3 Mini 4K Instruct) | measured 2026-11-02: GGUF Q4_K_M, start 2.5 s, 8.0 tokens/s,"
                        + " memory not known | untested | untested | refused (2026-11-02): no |")
                .contains(
                        "- 2026-11-01: Linux x86_64, processor not known, 25 GB, no graphics card, load 11.9 when it began");
        assertThat(page(EARLIER)).contains("1 of 2 cells").contains("**failed** (2026-11-01): it / broke")
                .contains("## Architectures\n\nuntested").doesNotContain("| webgpu |\n| --- | --- | --- | --- | --- |\n| `");
    }

    @Test
    void whatIsNoResultIsRefused() {
        assertThatThrownBy(() -> SupportPage.of(List.of("{\"kind\":\"dreams\"}".getBytes(UTF_8))))
                .isInstanceOf(RbeesException.class).hasMessageContaining("no results");
    }
}
