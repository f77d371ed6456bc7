package dev.rbees.orchestrator.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.session.SessionRequest;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskSubmission;
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

    private TaskSubmission enter(TaskSubmission task) {
        TaskSubmission limited = sessions.limit(null, task);
        sessions.enter(null, limited);
        return limited;
    }

    private static TaskSubmission task(@Nullable Integer maxTokens) {
        String limit = maxTokens == null ? "" : ",\"max_tokens\":" + maxTokens;
        return TaskSubmission.read(("{\"model\":\"tiny\",\"prompt\":\"hello\",\"session_id\":\"s\"" + limit + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private Task ended(int tokensIn, int tokensOut) {
        Task task = Task.accepted("t", "c", "trace", null, task(1), now);
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
        TaskSubmission first = enter(task(60));
        assertThat(refusal(() -> enter(task(41)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        enter(task(40));
        assertThat(refusal(() -> enter(task(1)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        sessions.leave(null, first);
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(60);
        assertThat(sessions.show(null, "s").turns()).isEqualTo(1);
    }

    @Test
    void whatATaskDidNotTakeIsLeftForOthers() {
        TaskSubmission task = enter(task(60));
        sessions.ended(ended(5, 7), task.sampling());
        assertThat(sessions.show(null, "s").tokensUsed()).isEqualTo(12);
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(88);
    }

    @Test
    void aTaskWithoutALimitGetsWhatIsLeft() {
        assertThat(enter(task(null)).sampling().maxTokens()).isEqualTo(100);
        assertThat(refusal(() -> enter(task(null)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
    }

    @Test
    void nobodyCountsWithoutASessionOrABudget() {
        TaskSubmission stranger = TestTasks.submission("hello", Priority.INTERACTIVE, "unknown", null);
        assertThat(enter(stranger)).isSameAs(stranger);
        sessions.create(null, new SessionRequest("free", null, TTL));
        TaskSubmission free = TestTasks.submission("hello", Priority.INTERACTIVE, "free", null);
        assertThat(enter(free)).isSameAs(free);
        assertThat(sessions.show(null, "free").tokensBudgetRemaining()).isNull();
        assertThat(sessions.remaining(null, "free")).isEmpty();
    }

    @Test
    void itIsForgottenWhenNothingIsUnderWayForItsTimeToLive() {
        TaskSubmission task = enter(task(10));
        now = now.plus(TTL.multipliedBy(5));
        assertThat(sessions.show(null, "s").ttlMsRemaining()).isEqualTo(TTL.toMillis());
        sessions.ended(ended(1, 1), task.sampling());
        now = now.plus(TTL);
        assertThat(sessions.show(null, "s").ttlMsRemaining()).isZero();
        now = now.plusMillis(1);
        assertThat(refusal(() -> sessions.show(null, "s"))).isEqualTo(ErrorCode.SESSION_NOT_FOUND);
        assertThat(stored).isEmpty();
    }

    @Test
    void aRestartForgetsNeitherWhatWasUsedNorWhatIsPromised() {
        TaskSubmission task = enter(task(60));
        sessions.ended(ended(5, 7), task.sampling());
        TaskSubmission left = enter(task(30));
        sessions = open();
        sessions.goesOn(Task.accepted("t", "c", "trace", null, left, now), left.sampling());
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(100 - 12 - 30);
        assertThat(sessions.show(null, "s").turns()).isEqualTo(2);
    }

    @Test
    void aNewSessionOfTheSameNameOwesNothingToTheOldOne() {
        TaskSubmission old = enter(task(60));
        sessions.delete(null, "s");
        sessions.create(null, new SessionRequest("s", 100L, TTL));
        sessions.ended(ended(1, 1), old.sampling());
        assertThat(sessions.show(null, "s").tokensBudgetRemaining()).isEqualTo(98);
        assertThatThrownBy(() -> sessions.create(null, new SessionRequest("s", null, TTL)))
                .hasMessageContaining("that name");
    }
}
