package dev.rbees.shell.render;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class ProgressLineTest {

    private final ByteArrayOutputStream talk = new ByteArrayOutputStream();
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");

    private ProgressLine line(boolean rewrite) {
        return new ProgressLine(new PrintStream(talk, true, UTF_8), rewrite, () -> now);
    }

    private void after(long millis) {
        now = now.plusMillis(millis);
    }

    @Test
    void rewritesOneLineWithPercentAmountsSpeedAndTimeLeft() {
        ProgressLine line = line(true);
        line.begin("smollm2-135m", 0, 100_000_000);
        after(1000);
        line.at(10_000_000);
        after(50);
        line.at(11_000_000); // too soon after the last one
        after(950);
        line.at(30_000_000);
        line.end();

        assertThat(talk.toString(UTF_8)).isEqualTo("\rsmollm2-135m  10%  10.0 MB of 100.0 MB  10.0 MB/s  9s left"
                + "\rsmollm2-135m  30%  30.0 MB of 100.0 MB  15.0 MB/s  4s left" + System.lineSeparator());
    }

    @Test
    void aLineIsNeverSoLongThatTheTerminalBreaksIt() {
        ProgressLine line = new ProgressLine(new TerminalStream(talk, () -> 20), true, () -> now);
        line.begin("smollm2-135m", 0, 100_000_000);
        after(1000);
        line.at(10_000_000);

        assertThat(talk.toString(UTF_8)).isEqualTo("\rsmollm2-135m  10%  ");
    }

    @Test
    void theSpeedIsThatOfTheLastSeconds() {
        ProgressLine line = line(true);
        line.begin("m", 0, 1_000_000_000);
        for (int second = 1; second <= 30; second++) {
            after(1000);
            line.at(second <= 15 ? second * 20_000_000L : 300_000_000 + (second - 15) * 1_000_000L);
        }

        assertThat(talk.toString(UTF_8)).endsWith("315.0 MB of 1.0 GB  1.0 MB/s  11m 25s left");
    }

    @Test
    void elsewhereItPrintsALineForEachTenth() {
        ProgressLine line = line(false);
        line.begin("m", 0, 1000);
        for (int done = 0; done <= 1000; done += 50) {
            line.at(done);
        }
        line.end();

        assertThat(talk.toString(UTF_8).lines()).hasSize(10).first().isEqualTo("m: 10% (100 B of 1.0 kB)");
        assertThat(talk.toString(UTF_8)).doesNotContain("\r");
    }

    @Test
    void saysWhereItGoesOn() {
        line(false).begin("m", 370, 1000);

        assertThat(talk.toString(UTF_8)).isEqualTo("m: going on at 370 B of 1.0 kB" + System.lineSeparator());
    }

    @Test
    void amountsAreThoseOfPeople() {
        assertThat(Amounts.bytes(0)).isEqualTo("0 B");
        assertThat(Amounts.bytes(999)).isEqualTo("999 B");
        assertThat(Amounts.bytes(1000)).isEqualTo("1.0 kB");
        assertThat(Amounts.bytes(999_960)).isEqualTo("1.0 MB");
        assertThat(Amounts.bytes(98_362_432)).isEqualTo("98.4 MB");
        assertThat(Amounts.bytes(Long.MAX_VALUE)).isEqualTo("9223.4 PB");
        assertThat(Amounts.time(Duration.ofSeconds(59))).isEqualTo("59s");
        assertThat(Amounts.time(Duration.ofSeconds(3605))).isEqualTo("1h 00m");
    }

    @Test
    void aStatusLineIsRewrittenOnATerminalAndPrintedPerPhaseElsewhere() {
        StatusLine terminal = new StatusLine(new PrintStream(talk, true, UTF_8), true);
        terminal.at("w", "loading weights", 5);
        terminal.at("w", "warm-up", 90);
        terminal.end();
        assertThat(talk.toString(UTF_8))
                .isEqualTo("\rw: loading weights 5%\rw: warm-up 90%       \r" + " ".repeat(14) + "\r");

        talk.reset();
        StatusLine script = new StatusLine(new PrintStream(talk, true, UTF_8), false);
        script.at("w", "loading weights", 5);
        script.at("w", "loading weights", 50);
        script.at("w", "warm-up", 90);
        script.end();
        assertThat(talk.toString(UTF_8).lines()).containsExactly("w: loading weights", "w: warm-up");
    }
}
