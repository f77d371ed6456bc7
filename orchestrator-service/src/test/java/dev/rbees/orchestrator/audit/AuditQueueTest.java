package dev.rbees.orchestrator.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.rbees.orchestrator.audit.AuditQueue.Happened;
import dev.rbees.service.Caller;

import static org.assertj.core.api.Assertions.assertThat;

class AuditQueueTest {

    private static final Duration NO_TIME = Duration.ofMillis(1);

    private final AuditQueue queue = new AuditQueue(Duration.ofSeconds(10));
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private boolean offer(AuditEvent event) {
        return queue.offer(new Happened(now, event));
    }

    private List<AuditEvent> take(boolean all) throws InterruptedException {
        return queue.take(100_000, now, NO_TIME, all).stream().map(Happened::event).toList();
    }

    @Test
    void whatFindsNoRoomBecomesALineThatSaysHowMuch() throws InterruptedException {
        AuditEvent task = AuditEvent.taskCanceled(Caller.of("a"), "t");
        for (int i = 0; i < AuditQueue.MOST_ORDINARY + 7; i++) {
            assertThat(offer(task)).isEqualTo(i < AuditQueue.MOST_ORDINARY);
        }
        assertThat(offer(AuditEvent.tokenRevoked("a", "id"))).isTrue();
        List<AuditEvent> lines = take(false);
        assertThat(lines).hasSize(AuditQueue.MOST_ORDINARY + 2).contains(AuditEvent.tokenRevoked("a", "id"));
        assertThat(lines.getFirst().eventType()).isEqualTo("audit_lost");
        assertThat(lines.getFirst().details()).containsEntry("count", 7L).containsEntry("ordinary", 7L);
        assertThat(take(true)).isEmpty();
        assertThat(queue.lostEver()).isEqualTo(7);
    }

    @Test
    void refusalsOfOneOriginAreALineForEachInterval() throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            offer(AuditEvent.authFailure("10.0.0.1"));
        }
        assertThat(take(false)).isEmpty();
        now = now.plusSeconds(10);
        assertThat(take(false)).singleElement().satisfies(line -> assertThat(line.details()).containsEntry("count", 500L)
                .containsEntry("ip", "10.0.0.1").containsEntry("first", "2026-01-01T00:00:00.000Z"));
        offer(AuditEvent.authFailure("10.0.0.1"));
        assertThat(take(true)).containsExactly(AuditEvent.authFailure("10.0.0.1"));
    }
}
