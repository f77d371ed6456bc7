package dev.rbees.cli;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GravestExitTest {

    @Test
    void theOrderIsThatOfTheDesign() {
        List<Integer> gravestFirst = List.of(130, 2, 1, 4, 5, 3, 6, 0);
        for (int i = 0; i < gravestFirst.size(); i++) {
            for (int j = i; j < gravestFirst.size(); j++) {
                assertThat(GravestExit.of(gravestFirst.get(i), gravestFirst.get(j))).isEqualTo(gravestFirst.get(i));
                assertThat(GravestExit.of(gravestFirst.get(j), gravestFirst.get(i))).isEqualTo(gravestFirst.get(i));
            }
        }
    }

    @Test
    void aCodeThatRbeesDoesNotGiveIsAFailure() {
        assertThat(GravestExit.of(77, 4)).isEqualTo(77);
        assertThat(GravestExit.of(2, 77)).isEqualTo(2);
    }
}
