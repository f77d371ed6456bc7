package dev.rbees.orchestrator.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.session.SessionRequest;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.reservation.Reservation;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.testing.TestTasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SessionsTest {

    private static final Duration TTL = Duration.ofMinutes(1);

    private final Map<String, Session> stored = new LinkedHashMap<>();
    private final SessionStore store = new SessionStore() {
        @Override
        public void remember(Session session) {
            stored.put(session.id(), session);
        }

        @Override
        public void forgetSession(String id) {
            stored.remove(id);
        }

        @Override
        public List<Session> sessions() {
            return List.copyOf(stored.values());
        }
    };
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Sessions sessions = open();

    private Sessions open() {
        return new Sessions(store, () -> now);
    }

    @BeforeEach
    void make() {
        sessions.create(null, new SessionRequest("s", 100L, TTL));
    }

    @Test
    void theSessionsOfTenantsAreTheirOwn() {
        sessions.create("a", new SessionRequest("s", 5L, TTL));
        assertThat(sessions.show("a", "s").tokenBudget()).isEqualTo(5);
        assertThat(sessions.show("a", "s").sessionId()).isEqualTo("s");
        assertThat(sessions.show(null, "s").tokenBudget()).isEqualTo(100);
        assertThatThrownBy(() -> sessions.show("b", "s")).isInstanceOfSatisfying(RbeesException.class,
                refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SESSION_NOT_FOUND));
        sessions.delete("a", "s");
        assertThat(sessions.show(null, "s").tokenBudget()).isEqualTo(100);
    }

    private TaskSubmission enter(String id, TaskSubmission task) {
        return switch (sessions.reserve(null, id, task)) {
            case Reservation.Reserved(TaskSubmission limited) -> limited;
            case Reservation.Refused(RbeesException why) -> throw why;
        };
    }

    private static TaskSubmission task(@Nullable Integer maxTokens) {
        String limit = maxTokens == null ? "" : ",\"max_tokens\":" + maxTokens;
        return TaskSubmission.read(("{\"model\":\"tiny\",\"prompt\":\"hello\",\"session_id\":\"s\"" + limit + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private Task ended(String id, int tokensIn, int tokensOut) {
        Task task = Task.accepted(id, "c", "trace", null, task(1), now);
        return task.dispatched("w", null, 0, TestTasks.CHOICE, now).running(now)
                .completed(new TaskEvent.End(tokensIn, 0, tokensOut, 1, StopReason.EOS, null), now);
    }

    private ErrorCode refusal(Runnable call) {
        try {
            call.run();
        } catch (RbeesException e) {
            return e.code();
        }
        throw new AssertionError("nothing was refused");
    }

    @Test
    void whatIsPromisedCannotBePromisedAgain() {
        TaskSubmission first = enter("1", task(60));
        assertThat(refusal(() -> enter("2", task(41)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        enter("3", task(40));
        assertThat(refusal(() -> enter("4", task(1)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        sessions.release(null, "1", first);
        sessions.release(null, "1", first); // once is enough
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(60);
        assertThat(sessions.show(null, "s").turns()).isEqualTo(1);
    }

    @Test
    void whatATaskDidNotTakeIsLeftForOthers() {
        enter("1", task(60));
        sessions.settle(ended("1", 5, 7));
        sessions.settle(ended("1", 5, 7)); // once is enough
        assertThat(sessions.show(null, "s").tokensUsed()).isEqualTo(12);
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(88);
    }

    @Test
    void aTaskWithoutALimitGetsWhatIsLeft() {
        assertThat(enter("1", task(null)).sampling().maxTokens()).isEqualTo(100);
        assertThat(refusal(() -> enter("2", task(null)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
    }

    @Test
    void nobodyCountsWithoutASessionOrABudget() {
        TaskSubmission stranger = TestTasks.submission("hello", Priority.INTERACTIVE, "unknown", null);
        assertThat(enter("1", stranger)).isSameAs(stranger);
        sessions.create(null, new SessionRequest("free", null, TTL));
        TaskSubmission free = TestTasks.submission("hello", Priority.INTERACTIVE, "free", null);
        assertThat(enter("2", free)).isSameAs(free);
        assertThat(sessions.show(null, "free").tokensBudgetRemaining()).isNull();
        assertThat(sessions.remaining(null, "free")).isEmpty();
    }

    @Test
    void itIsForgottenWhenNothingIsUnderWayForItsTimeToLive() {
        enter("1", task(10));
        now = now.plus(TTL.multipliedBy(5));
        assertThat(sessions.show(null, "s").ttlMsRemaining()).isEqualTo(TTL.toMillis());
        sessions.settle(ended("1", 1, 1));
        now = now.plus(TTL);
        assertThat(sessions.show(null, "s").ttlMsRemaining()).isZero();
        now = now.plusMillis(1);
        assertThat(refusal(() -> sessions.show(null, "s"))).isEqualTo(ErrorCode.SESSION_NOT_FOUND);
        assertThat(stored).isEmpty();
    }

    @Test
    void aRestartForgetsNeitherWhatWasUsedNorWhatIsPromised() {
        enter("1", task(60));
        sessions.settle(ended("1", 5, 7));
        TaskSubmission left = enter("2", task(30));
        sessions = open();
        sessions.goesOn(Task.accepted("2", "c", "trace", null, left, now), left.sampling());
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(100 - 12 - 30);
        assertThat(sessions.show(null, "s").turns()).isEqualTo(2);
    }

    @Test
    void aNewSessionOfTheSameNameOwesNothingToTheOldOne() {
        TaskSubmission old = enter("old", task(60));
        sessions.delete(null, "s");
        sessions.create(null, new SessionRequest("s", 100L, TTL));
        enter("new", task(60));
        sessions.settle(ended("old", 1, 1));
        sessions.release(null, "old", old);
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(40);
        assertThat(sessions.show(null, "s").turns()).isEqualTo(1);
        assertThatThrownBy(() -> sessions.create(null, new SessionRequest("s", null, TTL)))
                .hasMessageContaining("that name");
    }

    @Test
    void aWorkerThatSaysItTookLessThanNothingIsNotBelieved() {
        enter("1", task(10));
        sessions.settle(ended("1", -1_000_000, 7));
        assertThat(sessions.show(null, "s").tokensUsed()).isZero();
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(100);
    }

    @Test
    void aBudgetThatIsUsedUpSaysWhenToComeBack() {
        enter("1", task(100));
        assertThat(retryAfter(() -> enter("2", task(1)))).isEqualTo(Duration.ofSeconds(5)); // the first may give some back
        sessions.settle(ended("1", 40, 60));
        now = now.plusSeconds(20);
        assertThat(retryAfter(() -> enter("3", task(1)))).isEqualTo(Duration.ofSeconds(40)); // when it is forgotten
    }

    private static @Nullable Duration retryAfter(Runnable call) {
        try {
            call.run();
        } catch (RbeesException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
            return e.retryAfter();
        }
        throw new AssertionError("nothing was refused");
    }

    @Test
    void aTenantThatTakesAllItsSessionsTakesNoneOfTheOthers() {
        for (int i = 0; i < Sessions.MOST_OF_TENANT; i++) {
            sessions.create("greedy", new SessionRequest("s" + i, null, TTL.plusSeconds(i)));
        }
        SessionRequest more = new SessionRequest("more", null, TTL);
        assertThat(retryAfter(() -> sessions.create("greedy", more))).isEqualTo(TTL);
        assertThat(sessions.create("modest", more).sessionId()).isEqualTo("more");
        assertThat(sessions.create(null, more).sessionId()).isEqualTo("more");
        now = now.plus(TTL).plusMillis(1); // the first has had its time
        assertThat(sessions.create("greedy", more).sessionId()).isEqualTo("more");
        assertThat(stored).doesNotContainKey("greedy/s0").containsKey("greedy/s1");
    }

    /** The store waits, as it does while PostgreSQL is away; nobody else does. */
    @Test
    @Timeout(30)
    void nobodyWaitsForAStoreThatWaits() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Sessions slow = new Sessions(new SessionStore() {
            @Override
            public void remember(Session session) {
                inside.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                stored.put(session.id(), session);
            }

            @Override
            public void forgetSession(String id) {
                stored.remove(id);
            }

            @Override
            public List<Session> sessions() {
                return List.of();
            }
        }, () -> now);
        Thread first = Thread.ofVirtual().start(() -> slow.create("a", new SessionRequest("s", 5L, TTL)));
        inside.await();
        assertThat(slow.show("a", "s").turns()).isZero();
        slow.create("b", new SessionRequest("s", 5L, TTL));
        slow.delete("b", "s");
        assertThat(slow.reserve("a", "1", task(3))).isInstanceOf(Reservation.Reserved.class);
        release.countDown();
        first.join();
        assertThat(Objects.requireNonNull(stored.get("a/s")).turns()).isEqualTo(1);
        assertThat(stored).doesNotContainKey("b/s");
    }
}
