package dev.rbees.orchestrator.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.orchestrator.scheduling.Availability;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.time.Moment;
import dev.rbees.orchestrator.worker.Fleet.Outcome;
import dev.rbees.thread.Ownership;

import static org.assertj.core.api.Assertions.assertThat;

/** Who is there, who has room, who is silent, who fails. */
class FleetTest {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private Moment now = new Moment(START, START);
    private final Fleet fleet = new Fleet(Policy.LEAST_LOADED, new Ownership("the fleet"));

    private void at(Instant time) {
        now = new Moment(time, time);
    }

    @BeforeEach
    void register() {
        assertThat(fleet.register(TestTasks.worker("w1", 2, "n"), false, now)).isEmpty();
    }

    private Map<Availability, Integer> counts() {
        return fleet.candidates("tiny").counts();
    }

    private void beat(WorkerStatus status) {
        assertThat(fleet.heartbeat("w1", new WorkerHeartbeat(status, 2, 1_000L), now)).isTrue();
    }

    @Test
    void aSilentWorkerIsNoticedAfterFifteenSeconds() {
        at(START.plusSeconds(15));
        assertThat(fleet.silent(now)).isEmpty();
        at(START.plusMillis(15_001));
        assertThat(fleet.silent(now)).containsExactly("w1");
        beat(WorkerStatus.READY);
        assertThat(fleet.silent(now)).isEmpty();
        assertThat(fleet.heartbeat("w2", new WorkerHeartbeat(WorkerStatus.READY, 1, null), now)).isFalse();
    }

    @Test
    void ourOwnPauseIsNotTheWorkersFault() {
        fleet.forgive(Duration.ofSeconds(30));
        at(START.plusSeconds(45));
        assertThat(fleet.silent(now)).isEmpty();
        at(START.plusSeconds(46));
        assertThat(fleet.silent(now)).containsExactly("w1");
    }

    @Test
    void onlyWorkersThatAreReadyAndNotPausedTakeWork() {
        assertThat(counts()).containsOnly(Map.entry(Availability.FREE, 1));
        assertThat(fleet.candidates("other").counts()).isEmpty();
        fleet.refused("w1", now);
        assertThat(counts()).containsOnly(Map.entry(Availability.PAUSED, 1));
        at(now.steady().plusSeconds(1));
        fleet.refresh(now);
        assertThat(counts()).containsOnly(Map.entry(Availability.FREE, 1));
        fleet.occupy("w1", "t", 1, now);
        fleet.suspect("w1", "other", now);
        assertThat(counts()).containsOnly(Map.entry(Availability.FREE, 1));
        fleet.suspect("w1", "t", now);
        assertThat(counts()).containsOnly(Map.entry(Availability.NOT_READY, 1));
        beat(WorkerStatus.BUSY);
        assertThat(counts()).containsOnly(Map.entry(Availability.FREE, 1));
        beat(WorkerStatus.DRAINING);
        assertThat(counts()).containsOnly(Map.entry(Availability.NOT_READY, 1));
    }

    @Test
    void knowsWhatIsOnAWorker() {
        fleet.occupy("w1", "t1", 1, now);
        assertThat(fleet.views().getFirst().slotsFree()).isEqualTo(1);
        fleet.occupy("w1", "t2", 2, now);
        assertThat(counts()).containsOnly(Map.entry(Availability.FULL, 1));
        fleet.vacate("w1", "t2", Outcome.HELD, now);
        assertThat(counts()).containsOnly(Map.entry(Availability.FREE, 1));
        assertThat(fleet.remove("w1")).containsExactly("t1");
        assertThat(fleet.remove("w1")).isEmpty();
        assertThat(fleet.views()).isEmpty();
        assertThat(counts()).isEmpty();
    }

    private void attempt(String task, Outcome outcome) {
        fleet.occupy("w1", task, 1, now);
        fleet.vacate("w1", task, outcome, now);
    }

    @Test
    void aWorkerThatFailsAgainAndAgainRestsAndIsThenTriedWithOneTask() {
        attempt("t1", Outcome.HELD);
        attempt("t2", Outcome.BROKE);
        assertThat(counts()).containsOnly(Map.entry(Availability.FREE, 1));
        attempt("t3", Outcome.BROKE);
        assertThat(counts()).containsOnly(Map.entry(Availability.CIRCUIT_OPEN, 1));
        assertThat(fleet.views().getFirst().circuit()).isEqualTo("open");
        at(now.steady().plusSeconds(9));
        fleet.refresh(now);
        assertThat(counts()).containsOnly(Map.entry(Availability.CIRCUIT_OPEN, 1));
        at(now.steady().plusSeconds(2));
        fleet.refresh(now);
        assertThat(counts()).containsOnly(Map.entry(Availability.FREE, 1));
        fleet.occupy("w1", "t4", 2, now);
        assertThat(counts()).as("one task tries").containsOnly(Map.entry(Availability.FULL, 1));
        fleet.vacate("w1", "t4", Outcome.HELD, now);
        assertThat(fleet.views().getFirst().circuit()).isEqualTo("closed");
        assertThat(counts()).containsOnly(Map.entry(Availability.FREE, 1));
    }

    @Test
    void aWorkerThatRegistersAnewKeepsItsCircuit() {
        for (int i = 0; i < 3; i++) {
            fleet.occupy("w1", "t", 1, now);
            assertThat(fleet.register(TestTasks.worker("w1", 2, "n"), false, now)).containsExactly("t");
        }
        assertThat(counts()).containsOnly(Map.entry(Availability.CIRCUIT_OPEN, 1));
    }

    @Test
    void whatRunsOnAWorkerThatOnlyCouldNotBeHeardGoesOn() {
        fleet.occupy("w1", "t", 1, now);
        assertThat(fleet.register(TestTasks.worker("w1", 2, "n"), true, now)).isEmpty();
        assertThat(fleet.register(TestTasks.worker("w1", 2, "n"), false, now)).containsExactly("t");
    }
}
