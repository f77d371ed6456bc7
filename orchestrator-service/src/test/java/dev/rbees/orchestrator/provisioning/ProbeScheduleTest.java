package dev.rbees.orchestrator.provisioning;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeScheduleTest {

    private static final Instant START = Instant.parse("2026-11-27T12:00:00Z");

    private final ProbeSchedule schedule = new ProbeSchedule(new Random(7));

    private ProbeSchedule.Turn one(Instant now) {
        List<ProbeSchedule.Turn> due = schedule.begin(now, 8);
        assertThat(due).hasSize(1);
        return due.getFirst();
    }

    /** How long after {@code now} the next probe begins, in seconds. */
    private long pause(Instant now) {
        for (int seconds = 0; seconds < 1000; seconds++) {
            List<ProbeSchedule.Turn> due = schedule.begin(now.plusSeconds(seconds), 8);
            if (!due.isEmpty()) {
                return seconds;
            }
        }
        throw new AssertionError("never again");
    }

    @Test
    void aPoolIsProbedAtOnceAndThenAfterItsPauseMoreOrLess() {
        schedule.add("a", ProbeSchedule.USUAL, START);
        assertThat(schedule.end(one(START), true, START)).isTrue();
        assertThat(pause(START)).isBetween(13L, 17L);
    }

    @Test
    void pausesBecomeLongerWhileItDoesNotAnswerAndShortWhenItDoes() {
        schedule.add("a", ProbeSchedule.USUAL, START);
        Instant now = START;
        ProbeSchedule.Turn turn = one(now);
        for (long expected : new long[] {15, 30, 60, 120, 120, 120}) {
            schedule.end(turn, false, now);
            now = now.plusSeconds(expected * 9 / 10 - 1);
            assertThat(schedule.begin(now, 8)).as("before %d s", expected).isEmpty();
            now = now.plusSeconds(expected / 5 + 3);
            turn = one(now);
        }
        schedule.end(turn, true, now);
        assertThat(pause(now)).isBetween(13L, 17L);
    }

    @Test
    void whoAsksGetsOneProbeAtOnceHoweverManyAsk() {
        schedule.add("a", ProbeSchedule.USUAL, START);
        schedule.end(one(START), true, START);
        schedule.ask("a", START.plusSeconds(1));
        schedule.ask("a", START.plusSeconds(1));
        ProbeSchedule.Turn turn = one(START.plusSeconds(1));
        assertThat(schedule.begin(START.plusSeconds(1), 8)).isEmpty();

        // while it runs its answer may be old already
        schedule.ask("a", START.plusSeconds(2));
        schedule.ask("a", START.plusSeconds(2));
        assertThat(schedule.begin(START.plusSeconds(2), 8)).isEmpty();
        schedule.end(turn, true, START.plusSeconds(3));
        schedule.end(one(START.plusSeconds(3)), true, START.plusSeconds(3));
        assertThat(schedule.begin(START.plusSeconds(3), 8)).isEmpty();
    }

    @Test
    void soManyRunAtATimeAndTheLongestDueFirst() {
        schedule.add("b", ProbeSchedule.USUAL, START);
        schedule.add("a", ProbeSchedule.USUAL, START.minusSeconds(5));
        schedule.add("c", ProbeSchedule.USUAL, START);
        List<ProbeSchedule.Turn> first = schedule.begin(START, 2);
        assertThat(first).extracting(ProbeSchedule.Turn::id).containsExactly("a", "b");
        assertThat(schedule.begin(START, 2)).isEmpty();
        schedule.end(first.getFirst(), true, START);
        assertThat(schedule.begin(START, 2)).extracting(ProbeSchedule.Turn::id).containsExactly("c");
    }

    @Test
    void whatAPoolSaysThatHasLeftOrIsReachedInAnotherWayCountsNoMore() {
        schedule.add("a", ProbeSchedule.USUAL, START);
        ProbeSchedule.Turn old = one(START);
        schedule.remove("a");
        assertThat(schedule.end(old, true, START)).isFalse();

        schedule.add("a", ProbeSchedule.USUAL, START);
        ProbeSchedule.Turn before = one(START);
        schedule.add("a", Duration.ofSeconds(60), START);
        assertThat(schedule.end(before, true, START)).isFalse();
        assertThat(schedule.end(one(START), true, START)).isTrue();
    }
}
