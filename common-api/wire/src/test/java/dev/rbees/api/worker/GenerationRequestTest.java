package dev.rbees.api.worker;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GenerationRequestTest {

    private static GenerationRequest read(String json) {
        return GenerationRequest.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theScopeGoesAlongAndIsAbsentOtherwise() {
        GenerationRequest plain = read("{\"job_id\":\"j\",\"prompt\":\"p\"}");
        assertThat(plain.cacheScope()).isNull();
        assertThat(plain.toJson()).doesNotContain("cache_scope");
        GenerationRequest scoped = plain.scoped("ours");
        assertThat(read(scoped.toJson())).isEqualTo(scoped);
        assertThat(scoped.after(List.of(1, 2)).cacheScope()).isEqualTo("ours");
    }

    @Test
    void aScopeThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> read("{\"job_id\":\"j\",\"prompt\":\"p\",\"cache_scope\":\"" + "x".repeat(129) + "\"}"))
                .isInstanceOf(RbeesException.class).hasMessageContaining("cache_scope must be at most 128 characters");
    }
}
