package dev.rbees.orchestrator.reservation;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TokenReservationTest {

    @Test
    void aReservationEndsOnceHoweverOftenItIsSaid() {
        TokenReservation reserved = new TokenReservation();
        assertThat(reserved.reserve("a", 10)).isTrue();
        assertThat(reserved.reserve("b", 5)).isTrue();
        assertThat(reserved.settle("a", 7)).hasValue(7);
        assertThat(reserved.settle("a", 7)).isEmpty();
        assertThat(reserved.release("a")).isFalse();
        assertThat(reserved.tokens()).isEqualTo(5);
        assertThat(reserved.tasks()).isEqualTo(1);
    }

    @Test
    void aNegativeNumberIsNeverBelieved() {
        TokenReservation reserved = new TokenReservation();
        reserved.reserve("a", -3);
        assertThat(reserved.tokens()).isZero();
        assertThat(reserved.settle("a", -1_000_000)).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverIsSaidInWhateverOrderTheSumsAreRight(long seed) {
        Random random = new Random(seed);
        TokenReservation reserved = new TokenReservation();
        Map<String, Integer> model = new HashMap<>();
        for (int step = 0; step < 5_000; step++) {
            String task = "t" + random.nextInt(20);
            switch (random.nextInt(3)) {
                case 0 -> {
                    int amount = random.nextInt(-5, 100);
                    assertThat(reserved.reserve(task, amount)).isEqualTo(model.put(task, Math.max(0, amount)) == null);
                }
                case 1 -> assertThat(reserved.release(task)).isEqualTo(model.remove(task) != null);
                default -> {
                    long used = random.nextLong(-50, 50);
                    var booked = reserved.settle(task, used);
                    assertThat(booked.isPresent()).isEqualTo(model.remove(task) != null);
                    booked.ifPresent(tokens -> assertThat(tokens).isEqualTo(Math.max(0, used)));
                }
            }
            assertThat(reserved.tasks()).isEqualTo(model.size());
            assertThat(reserved.tokens()).isEqualTo(model.values().stream().mapToLong(Integer::longValue).sum());
        }
    }
}
