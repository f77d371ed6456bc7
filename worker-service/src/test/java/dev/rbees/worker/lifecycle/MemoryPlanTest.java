package dev.rbees.worker.lifecycle;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.lifecycle.MemoryPlan.Demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MemoryPlanTest {

    private static final long MB = 1_000_000;
    /** Keys and values of 30 layers, 3 heads of 64, with 32-bit numbers. */
    private static final Demand SMOLLM2_135M = Demand.ofDecoder(190 * MB, 2L * 30 * 3 * 64 * 4, 49_152, 8192);
    private static final Demand QWEN3_600M = Demand.ofDecoder(760 * MB, 2L * 28 * 8 * 128 * 4, 151_936, 40_960);
    private static final Demand LLAMA31_8B = Demand.ofDecoder(8_900 * MB, 2L * 32 * 8 * 128 * 4, 128_256, 131_072);

    private static MemoryPlan plan(Demand demand, long freeMegabytes, @Nullable Integer slots,
            @Nullable Integer positions) {
        return MemoryPlan.of(demand, Optional.ofNullable(slots), Optional.ofNullable(positions),
                new MemoryBudget(freeMegabytes * MB, false));
    }

    private static String chosen(Demand demand, long freeMegabytes, @Nullable Integer slots,
            @Nullable Integer positions) {
        MemoryPlan plan = plan(demand, freeMegabytes, slots, positions);
        assertThat(plan.needed()).isLessThanOrEqualTo(freeMegabytes * MB);
        return plan.slots() + " x " + plan.positions();
    }

    @ParameterizedTest
    @CsvSource({"100000, 16 x 8192", "20000, 16 x 8192", "13000, 16 x 8192", "6000, 7 x 8192", "3000, 4 x 8192",
        "2000, 4 x 8192"})
    void aSmallModelHasItsOwnContextInAsManySlotsAsFitHalfOfTheMemory(long free, String chosen) {
        assertThat(chosen(SMOLLM2_135M, free, null, null)).isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource({"1800, 4 x 4096", "1200, 4 x 4096", "1100, 3 x 4096", "700, 1 x 4096"})
    void whereThatDoesNotFitItHasFewerPositionsAndThenFewerSlots(long free, String chosen) {
        assertThat(chosen(SMOLLM2_135M, free, null, null)).isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource({"22000, 4 x 11264", "12000, 4 x 5888", "6000, 4 x 4096", "4000, 3 x 4096", "128000, 8 x 32768",
        "400000, 16 x 32768"})
    void aModelWithALongContextStartsWithWhatThereIs(long free, String chosen) {
        assertThat(chosen(QWEN3_600M, free, null, null)).isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource({"22000, 4 x 4864", "16000, 4 x 4096", "14000, 2 x 4096", "128000, 6 x 32768"})
    void soDoesOneOfEightBillionParameters(long free, String chosen) {
        assertThat(chosen(LLAMA31_8B, free, null, null)).isEqualTo(chosen);
    }

    @Test
    void choosesOnlyWhatTheUserDidNotName() {
        assertThat(chosen(QWEN3_600M, 22_000, 1, null)).as("all of its usual context").isEqualTo("1 x 32768");
        assertThat(chosen(QWEN3_600M, 22_000, 8, null)).isEqualTo("8 x 5632");
        assertThat(chosen(QWEN3_600M, 22_000, 16, null)).as("more than half of the memory").isEqualTo("16 x 4096");
        assertThat(chosen(QWEN3_600M, 22_000, null, 40_960)).isEqualTo("2 x 40960");
        assertThat(chosen(QWEN3_600M, 22_000, null, 1024)).isEqualTo("16 x 1024");
        assertThat(chosen(QWEN3_600M, 22_000, 2, 40_960)).isEqualTo("2 x 40960");
        assertThat(chosen(SMOLLM2_135M, 100_000, 40, null)).isEqualTo("40 x 8192");
    }

    @ParameterizedTest
    @CsvSource({"2600, 5 x 8192", "3000, 6 x 8192", "6000, 14 x 8192", "20000, 16 x 8192"})
    void aBudgetOfItsOwnIsUsedAsAWhole(long megabytes, String chosen) {
        MemoryBudget budget = MemoryBudget.of(100_000 * MB, Optional.of(megabytes * MB));
        MemoryPlan plan = MemoryPlan.of(SMOLLM2_135M, Optional.empty(), Optional.empty(), budget);

        assertThat(plan.slots() + " x " + plan.positions()).isEqualTo(chosen);
        assertThat(plan.needed()).isLessThanOrEqualTo(megabytes * MB);
    }

    @Test
    void aBudgetIsNeverMoreThanWhatIsFree() {
        assertThat(MemoryBudget.of(1000, Optional.of(2000L)).bytes()).isEqualTo(1000);
        assertThatThrownBy(() -> MemoryPlan.of(SMOLLM2_135M, Optional.empty(), Optional.empty(),
                MemoryBudget.of(100_000 * MB, Optional.of(300 * MB))))
                .hasMessageContaining("but 300 MB of memory are given to it");
    }

    @Test
    void refusesWithTheNumbersAndWithWhatWouldFit() {
        assertThatThrownBy(() -> plan(QWEN3_600M, 22_000, 4, 40_960)).isInstanceOfSatisfying(RbeesException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_VRAM);
            assertThat(e.details()).containsEntry("available_bytes", 22_000 * MB)
                    .containsKeys("needed_bytes", "weights_bytes", "slot_bytes");
        }).hasMessage("the model needs 1108 MB for its weights and 9397 MB for each of 4 slots of 40960 positions,"
                + " together 38694 MB, but 22000 MB of memory are free; --slots 2 or --context-length 22528 would fit,"
                + " or stop another worker");
        assertThatThrownBy(() -> plan(QWEN3_600M, 22_000, 24, null)).as("of the fewest positions")
                .hasMessageContaining("for each of 24 slots of 4096 positions")
                .hasMessageContaining("; --slots 22 or --context-length 3584 would fit");
        assertThatThrownBy(() -> plan(LLAMA31_8B, 12_000, null, null))
                .hasMessageContaining("for a slot of 4096 positions")
                .hasMessageContaining("; --context-length 2560 would fit");
        assertThatThrownBy(() -> plan(LLAMA31_8B, 12_000, 2, 131_072))
                .hasMessageContaining("; --context-length 1280 would fit");
        assertThatThrownBy(() -> plan(LLAMA31_8B, 12_000, 64, 131_072))
                .hasMessageContaining("; --slots 1 --context-length 2560 would fit");
        assertThatThrownBy(() -> plan(LLAMA31_8B, 9000, null, null))
                .hasMessageEndingWith("; take a smaller model, or stop another worker");
    }

    @Test
    void whatAPlanFoundFittingDoesFit() {
        assertThat(chosen(QWEN3_600M, 22_000, 2, 40_960)).isNotEmpty();
        assertThat(chosen(QWEN3_600M, 22_000, 4, 22_528)).isNotEmpty();
        assertThat(chosen(LLAMA31_8B, 12_000, null, 2560)).isEqualTo("1 x 2560");
        assertThat(chosen(LLAMA31_8B, 12_000, 2, 1280)).isNotEmpty();
    }

    @Test
    void aModelWithAShortContextKeepsIt() {
        Demand demand = Demand.ofDecoder(100 * MB, 100_000, 32_000, 300);
        assertThat(chosen(demand, 2_000, null, null)).isEqualTo("16 x 300");
        assertThat(chosen(demand, 400, null, null)).isEqualTo("3 x 300");
    }

    @Test
    void countsTheScoresOfEachSlot() {
        assertThat(plan(Demand.ofDecoder(400 * MB, 25_000, 10_000_000, 8192), 5000, null, null).slots()).isEqualTo(7);
        assertThatThrownBy(() -> plan(Demand.ofDecoder(400 * MB, 12_500, 152_000, 8192), 800, 16, 8192))
                .hasMessageContaining("104 MB for each of 16 slots");
    }

    @Test
    void countsWhatADeviceTakesForCalculating() {
        assertThat(plan(SMOLLM2_135M, 2_000, null, null).needed() + 300 * MB)
                .isEqualTo(plan(SMOLLM2_135M.with(300 * MB), 2_300, null, null).needed());
    }

    @Test
    void whereNoPositionsCanBeChosenItChoosesSlotsOnly() {
        Demand embedder = new Demand(100 * MB, 32 * MB, 0, 512);
        assertThat(chosen(embedder, 2_000, null, 512)).isEqualTo("16 x 512");
        assertThat(chosen(embedder, 350, null, 512)).isEqualTo("2 x 512");
        assertThatThrownBy(() -> plan(embedder, 350, 8, 512)).hasMessage(
                "the model needs 283 MB for its weights and 32 MB for each of 8 slots, together 539 MB, but 350 MB of"
                        + " memory are free; --slots 2 would fit, or stop another worker");
    }

    @Test
    void saysWhatItChose() {
        assertThat(plan(QWEN3_600M, 22_000, null, null).summary())
                .isEqualTo("4 slots of 11264 positions (the model was made for 40960): 1108 MB for the weights and 2585 MB"
                        + " for each slot, of 22000 MB free");
    }
}
