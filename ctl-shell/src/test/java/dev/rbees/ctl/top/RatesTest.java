package dev.rbees.ctl.top;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RatesTest {

    private final Rates rates = new Rates(Duration.ofSeconds(10));

    private void at(double seconds, double value) {
        rates.add((long) (seconds * 1e9), Map.of("tokens", value));
    }

    @Test
    void oneLookSaysNothing() {
        at(0, 500);
        assertThat(rates.perSecond("tokens")).isEmpty();
    }

    @Test
    void growthIsReckonedOverTheWindowAndNoLonger() {
        at(0, 0);
        at(5, 1000);
        assertThat(rates.perSecond("tokens")).contains(200.0);
        at(12, 1000);
        at(15, 1100);
        assertThat(rates.perSecond("tokens")).as("from 5 to 15").contains(10.0);
        at(60, 1100);
        assertThat(rates.perSecond("tokens")).as("two looks are always kept").contains(0.0);
    }

    @Test
    void aCounterThatBeginsAnewDoesNotRunBackwards() {
        at(0, 900);
        at(2, 1000);
        at(4, 40);
        assertThat(rates.perSecond("tokens")).contains(35.0);
        assertThat(rates.perSecond("unknown")).contains(0.0);
    }
}
