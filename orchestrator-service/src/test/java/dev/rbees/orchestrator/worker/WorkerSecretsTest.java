package dev.rbees.orchestrator.worker;

import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerSecret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whose an id is. */
class WorkerSecretsTest {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final WorkerSecret OTHER = new WorkerSecret("other-secret-of-22-chars");

    private Instant now = START;
    private final WorkerIds ids = new WorkerIds(new WorkerSecrets(new SplittableRandom(1)), () -> now);

    private WorkerSecret register(int port, @Nullable WorkerSecret shown, boolean lost) {
        return accepted(port, shown, lost).secret();
    }

    private WorkerSecrets.Decision.Accepted accepted(int port, @Nullable WorkerSecret shown, boolean lost) {
        return ids.register(new WorkerRegistration("w1", "127.0.0.1", port, Backend.CPU, "tiny", "a".repeat(64), 128, 1, 1,
                null, List.of("text-gen"), null, shown), lost);
    }

    private static void conflicts(Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(RbeesException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @Test
    void anIdOfALivingWorkerCannotBeTakenOver() {
        WorkerSecret secret = register(1, null, false);
        conflicts(() -> register(2, null, false));
        conflicts(() -> register(2, OTHER, false));
        conflicts(() -> register(1, OTHER, false));
        conflicts(() -> register(2, null, true));
        ids.heard("w1", secret);
        conflicts(() -> ids.heard("w1", null));
        conflicts(() -> ids.heard("w1", OTHER));
        conflicts(() -> ids.leave("w1", OTHER, true));
        conflicts(() -> ids.leave("w1", null, false));
    }

    @Test
    void theMessageSaysWhatToDoAndNotWhereTheOtherLives() {
        register(4711, null, false);
        assertThatThrownBy(() -> register(2, null, false)).hasMessageContaining("--worker-id")
                .hasMessageContaining("15 s").hasMessageNotContaining("4711");
    }

    @Test
    void whoShowsTheSecretIsTheSameAndKeepsItWhereverItLives() {
        WorkerSecret secret = register(1, null, false);
        assertThat(register(2, secret, false)).isEqualTo(secret);
        assertThat(register(1, secret, false)).isEqualTo(secret);
        ids.heard("w1", secret);
    }

    @Test
    void aProcessThatCouldNotBeHeardForLongIsStillTheSame() {
        WorkerSecret secret = register(1, null, false);
        now = START.plusSeconds(60);
        assertThat(accepted(1, secret, false).again()).isTrue();
        assertThat(accepted(1, null, true).again()).as("a process that shows nothing may be a new one").isFalse();
        now = START.plusSeconds(120);
        assertThat(accepted(1, OTHER, false).again()).isFalse();
    }

    @Test
    void anIdIsFreeAfterSilence() {
        WorkerSecret secret = register(1, null, false);
        now = START.plusSeconds(10);
        ids.heard("w1", secret);
        now = START.plusSeconds(25);
        conflicts(() -> register(2, null, false));
        now = START.plusMillis(25_001);
        assertThat(register(2, null, false)).isNotEqualTo(secret);
    }

    @Test
    void anIdIsFreeWhenItsWorkerHasLeft() {
        ids.leave("w1", register(1, null, false), false);
        register(2, null, false);
        ids.leave("w1", null, true);
        register(3, null, false);
    }

    @Test
    void aWorkerOfAnOlderVersionNeedsNoSecretAtItsAddress() {
        register(1, null, false);
        ids.heard("w1", null);
        register(1, null, false);
        ids.heard("w1", null);
        ids.leave("w1", null, false);
    }

    @Test
    void aRestartAtTheSameAddressIsTakenInAsSoonAsItsConnectionHasBroken() {
        ids.heard("w1", register(1, null, false));
        ids.heard("w1", register(1, register(1, null, true), false));
        conflicts(() -> register(1, null, false));
        register(1, null, true);
    }

    @Test
    void anOrchestratorThatKnowsNobodyTakesTheSecretThatIsShown() {
        assertThat(register(1, OTHER, false)).isEqualTo(OTHER);
        conflicts(() -> ids.heard("w1", null));
        ids.heard("w1", OTHER);
    }

    @Test
    void aSecretIsLongAndShownNowhere() {
        WorkerSecret secret = register(1, null, false);
        assertThat(secret.text()).hasSize(22);
        assertThat(secret.toString() + register(1, secret, false)).isEqualTo("******");
        assertThat(secret.is(secret.sha256())).isTrue();
        assertThat(OTHER.is(secret.sha256())).isFalse();
    }
}
