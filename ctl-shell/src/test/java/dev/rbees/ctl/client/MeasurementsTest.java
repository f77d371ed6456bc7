package dev.rbees.ctl.client;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MeasurementsTest {

    @Test
    void readsTheTextFormOfPrometheus() {
        Measurements read = Measurements.parse("""
                                               # HELP orchd_tokens_out_total Tokens of answers
                                               # TYPE orchd_tokens_out_total counter
                                               orchd_tokens_out_total 1.5E3
                                               orchd_queue_depth{priority="batch"} 7.0 1700000000000
                                               orchd_queue_depth{priority="interactive",} 2.0
                                               odd{a="x}\\"y",b="c d"} +Inf
                                               orchd_queue_wait_seconds_max NaN
                                               no number here
                                               """);

        assertThat(read.value("orchd_tokens_out_total")).isEqualTo(1500);
        assertThat(read.value("orchd_queue_depth", "priority", "batch")).isEqualTo(7);
        assertThat(read.value("orchd_queue_depth", "priority", "interactive")).isEqualTo(2);
        assertThat(read.value("odd{a=\"x}\\\"y\",b=\"c d\"}")).isInfinite();
        assertThat(read.value("nothing")).isZero();
        assertThat(read.values()).hasSize(5);
    }

    @Test
    void aPageWithoutEndOrSenseIsNoTrouble() {
        assertThat(Measurements.parse("x{" + "\"".repeat(50_001) + "\n<html>").values()).isEmpty();
        assertThat(Measurements.parse("a 1\n".repeat(20_000)).value("a")).isEqualTo(1);
    }
}
