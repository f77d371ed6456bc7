package dev.rbees.orchestrator.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.orchestrator.placement.EvictionOrder;
import dev.rbees.orchestrator.placement.PlacementSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PlacementOptionsTest {

    private static PlacementSettings of(String... words) {
        return PlacementOptions.of(CommandLine.parse(OrchestratorSettings.SPEC, List.of(words)));
    }

    @Test
    void withoutOptionsTheUsualIsDone() {
        assertThat(of()).isEqualTo(PlacementSettings.USUAL);
    }

    @Test
    void everyOptionCounts() {
        PlacementSettings chosen = of("--eviction", "lfu", "--keep-alive", "5m,qwen/qwen3:8b=2h,big=forever", "--pin",
                "a, b",
                "--replicas", "2", "--no-downloads");
        assertThat(chosen.eviction()).isEqualTo(EvictionOrder.LFU);
        assertThat(chosen.download()).isFalse();
        assertThat(chosen.replicas()).isEqualTo(2);
        assertThat(chosen.keeping().usual()).contains(Duration.ofMinutes(5));
        assertThat(chosen.keeping().models()).containsEntry("qwen/qwen3:8b", Optional.of(Duration.ofHours(2)))
                .containsEntry("big", Optional.empty());
        assertThat(chosen.keeping().pinned()).containsExactlyInAnyOrder("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "m", "5 minutes", "a=soon", "-1s"})
    void saysWhatATimeLooksLike(String text) {
        assertThatThrownBy(() -> of("--keep-alive", text)).isInstanceOf(UsageException.class)
                .hasMessageContaining("--keep-alive must be a number and s, m, h or d, or forever");
    }
}
