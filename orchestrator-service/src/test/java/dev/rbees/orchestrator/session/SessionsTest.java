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
        sessions.create(new SessionRequest("s", 100L, TTL));
    }

    private static TaskSubmission task(@Nullable Integer maxTokens) {
        TaskSubmission task = TestTasks.submission("hello", Priority.INTERACTIVE, "s", null);
        return maxTokens != null
                ? task.withMaxTokens(maxTokens)
                : TaskSubmission.read("{\"model\":\"tiny\",\"prompt\":\"hello\",\"session_id\":\"s\"}"
                        .getBytes(StandardCharsets.UTF_8));
    }

    private Task ended(int tokensIn, int tokensOut) {
        Task task = Task.accepted("t", "c", "trace", task(1), now);
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
        TaskSubmission first = sessions.enter(task(60));
        assertThat(refusal(() -> sessions.enter(task(41)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        sessions.enter(task(40));
        assertThat(refusal(() -> sessions.enter(task(1)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        sessions.leave(first);
        assertThat(sessions.show("s").tokensBudgetRemaining()).isEqualTo(60);
        assertThat(sessions.show("s").turns()).isEqualTo(1);
    }

    @Test
    void whatATaskDidNotTakeIsLeftForOthers() {
        TaskSubmission task = sessions.enter(task(60));
        sessions.ended(ended(5, 7), task.sampling());
        assertThat(sessions.show("s").tokensUsed()).isEqualTo(12);
        assertThat(sessions.show("s").tokensBudgetRemaining()).isEqualTo(88);
    }

    @Test
    void aTaskWithoutALimitGetsWhatIsLeft() {
        assertThat(sessions.enter(task(null)).sampling().maxTokens()).isEqualTo(100);
        assertThat(refusal(() -> sessions.enter(task(null)))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
    }

    @Test
    void nobodyCountsWithoutASessionOrABudget() {
        TaskSubmission stranger = TestTasks.submission("hello", Priority.INTERACTIVE, "unknown", null);
        assertThat(sessions.enter(stranger)).isSameAs(stranger);
        sessions.create(new SessionRequest("free", null, TTL));
        TaskSubmission free = TestTasks.submission("hello", Priority.INTERACTIVE, "free", null);
        assertThat(sessions.enter(free)).isSameAs(free);
        assertThat(sessions.show("free").tokensBudgetRemaining()).isNull();
        assertThat(sessions.remaining("free")).isEmpty();
    }

    @Test
    void itIsForgottenWhenNothingIsUnderWayForItsTimeToLive() {
        TaskSubmission task = sessions.enter(task(10));
        now = now.plus(TTL.multipliedBy(5));
        assertThat(sessions.show("s").ttlMsRemaining()).isEqualTo(TTL.toMillis());
        sessions.ended(ended(1, 1), task.sampling());
        now = now.plus(TTL);
        assertThat(sessions.show("s").ttlMsRemaining()).isZero();
        now = now.plusMillis(1);
        assertThat(refusal(() -> sessions.show("s"))).isEqualTo(ErrorCode.SESSION_NOT_FOUND);
        assertThat(stored).isEmpty();
    }

    @Test
    void aRestartForgetsNeitherWhatWasUsedNorWhatIsPromised() {
        TaskSubmission task = sessions.enter(task(60));
        sessions.ended(ended(5, 7), task.sampling());
        TaskSubmission left = sessions.enter(task(30));
        sessions = open();
        sessions.goesOn(Task.accepted("t", "c", "trace", left, now), left.sampling());
        assertThat(sessions.show("s").tokensBudgetRemaining()).isEqualTo(100 - 12 - 30);
        assertThat(sessions.show("s").turns()).isEqualTo(2);
    }

    @Test
    void aNewSessionOfTheSameNameOwesNothingToTheOldOne() {
        TaskSubmission old = sessions.enter(task(60));
        sessions.delete("s");
        sessions.create(new SessionRequest("s", 100L, TTL));
        sessions.ended(ended(1, 1), old.sampling());
        assertThat(sessions.show("s").tokensBudgetRemaining()).isEqualTo(98);
        assertThatThrownBy(() -> sessions.create(new SessionRequest("s", null, TTL))).hasMessageContaining("that name");
    }
}
