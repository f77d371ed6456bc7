package dev.rbees.cli;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UniquePrefixTest {

    @Test
    void aBeginningThatOnlyOneIdHasMeansThatId() {
        assertThat(UniquePrefix.resolve("worker-cpu-a", List.of("worker-cpu-abc", "worker-cpu-xyz")))
                .contains("worker-cpu-abc");
    }

    @Test
    void aWholeIdMeansItselfAlsoWhenOthersBeginWithIt() {
        assertThat(UniquePrefix.resolve("gemma", List.of("gemma-1b", "gemma"))).contains("gemma");
    }

    @Test
    void aBeginningOfSeveralIdsIsRefusedWithTheirNames() {
        assertThatThrownBy(() -> UniquePrefix.resolve("w", List.of("w-2", "w-1", "x")))
                .isInstanceOf(UsageException.class)
                .hasMessage("'w' is the beginning of 2 ids: w-1, w-2; give more of the one that is meant");
    }

    @Test
    void ofManyIdsOnlyAFewAreNamed() {
        List<String> ids = List.of("a1", "a2", "a3", "a4", "a5", "a6", "a7");
        assertThatThrownBy(() -> UniquePrefix.resolve("a", ids))
                .hasMessage(
                        "'a' is the beginning of 7 ids: a1, a2, a3, a4, a5 and others; give more of the one that is meant");
    }

    @Test
    void theSameIdTwiceIsOne() {
        assertThat(UniquePrefix.resolve("a", List.of("a1", "a1"))).contains("a1");
    }

    @Test
    void nothingIsMeantByAnEmptyWordOrByOneThatNoIdBeginsWith() {
        assertThat(UniquePrefix.resolve("", List.of("a1"))).isEmpty();
        assertThat(UniquePrefix.resolve("b", List.of("a1"))).isEmpty();
    }
}
