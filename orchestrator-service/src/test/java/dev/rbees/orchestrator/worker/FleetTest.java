package dev.rbees.orchestrator.worker;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerStatus;

import static org.assertj.core.api.Assertions.assertThat;

/** Who is there, who has room, who is silent. */
class FleetTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private final Fleet fleet = new Fleet();

    @BeforeEach
    void register() {
        assertThat(fleet.register(
                new WorkerRegistration("w1", "127.0.0.1", 8001, Backend.CPU, "tiny", "a".repeat(64), 128, 2, 2),
                NOW)).isEmpty();
    }

    @Test
    void aSilentWorkerIsNoticedAfterFifteenSeconds() {
        assertThat(fleet.silent(NOW.plusSeconds(15))).isEmpty();
        assertThat(fleet.silent(NOW.plusMillis(15_001))).containsExactly("w1");
        fleet.heartbeat("w1", new WorkerHeartbeat(WorkerStatus.READY, 2), NOW.plusSeconds(10));
        assertThat(fleet.silent(NOW.plusSeconds(25))).isEmpty();
    }

    @Test
    void ourOwnPauseIsNotTheWorkersFault() {
        fleet.forgive(Duration.ofSeconds(30));
        assertThat(fleet.silent(NOW.plusSeconds(45))).isEmpty();
        assertThat(fleet.silent(NOW.plusSeconds(46))).containsExactly("w1");
    }

    @Test
    void onlyWorkersThatAreReadyAndNotPausedTakeWork() {
        assertThat(fleet.candidates("tiny", NOW)).hasSize(1);
        assertThat(fleet.candidates("other", NOW)).isEmpty();
        fleet.pause("w1", NOW.plusSeconds(1));
        assertThat(fleet.candidates("tiny", NOW)).isEmpty();
        assertThat(fleet.candidates("tiny", NOW.plusSeconds(1))).hasSize(1);
        fleet.suspect("w1");
        assertThat(fleet.candidates("tiny", NOW.plusSeconds(1))).isEmpty();
        fleet.heartbeat("w1", new WorkerHeartbeat(WorkerStatus.BUSY, 1), NOW);
        assertThat(fleet.candidates("tiny", NOW.plusSeconds(1))).hasSize(1);
        fleet.heartbeat("w1", new WorkerHeartbeat(WorkerStatus.DRAINING, 1), NOW);
        assertThat(fleet.candidates("tiny", NOW.plusSeconds(1))).isEmpty();
    }

    @Test
    void knowsWhatIsOnAWorker() {
        fleet.occupy("w1", "t1");
        assertThat(fleet.candidates("tiny", NOW).getFirst().running()).isEqualTo(1);
        assertThat(fleet.views().getFirst().slotsFree()).isEqualTo(1);
        assertThat(fleet.remove("w1")).containsExactly("t1");
        assertThat(fleet.remove("w1")).isEmpty();
        assertThat(fleet.views()).isEmpty();
    }
}
