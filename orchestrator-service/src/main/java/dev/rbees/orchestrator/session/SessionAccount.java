package dev.rbees.orchestrator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.session.SessionView;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.reservation.TokenReservation;

/** One session: its record, and what its tasks that have not ended may take. Guarded by the lock of {@link Sessions}. */
final class SessionAccount {

    /** why: a task that ends may give back what it did not take. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final TokenReservation reserved = new TokenReservation();
    private Session session;

    SessionAccount(Session session) {
        this.session = session;
    }

    Session session() {
        return session;
    }

    boolean limited() {
        return session.tokenBudget() != null;
    }

    long remaining() {
        Long budget = session.tokenBudget();
        return budget == null ? Long.MAX_VALUE : Math.max(0, budget - session.tokensUsed() - reserved.tokens());
    }

    /** The time after which it is forgotten, if no task comes; negative when it should have been. */
    Duration left(Instant now) {
        return reserved.tasks() > 0
                ? session.timeToLive()
                : Duration.between(now, session.lastUse().plus(session.timeToLive()));
    }

    /** The task, limited to what is left where it has no limit of its own. */
    TaskSubmission limit(TaskSubmission wanted) {
        return limited() ? wanted.limitedTo(remaining()) : wanted;
    }

    /** Why a task with this limit cannot come in, if so. */
    Optional<RbeesException> refusal(SamplingParameters sampling, Instant now) {
        int wanted = Math.max(1, TokenReservation.of(sampling));
        if (remaining() >= wanted) {
            return Optional.empty();
        }
        return Optional.of(RbeesException.busy(ErrorCode.QUOTA_EXCEEDED, "the token budget of the session has "
                + remaining() + " tokens left, and the task may take " + wanted
                + "; lower max_tokens, or make a session with a larger budget",
                reserved.tasks() > 0 ? SOON : left(now)));
    }

    /** Whether this changed the record. */
    boolean reserve(String task, SamplingParameters sampling, Instant now) {
        if (!reserved.reserve(task, TokenReservation.of(sampling))) {
            return false;
        }
        session = session.turned(now);
        return true;
    }

    /** Of a task whose turn is in the record already. */
    void setAside(String task, SamplingParameters sampling) {
        reserved.reserve(task, TokenReservation.of(sampling));
    }

    /** Whether this changed the record. */
    boolean release(String task) {
        if (!reserved.release(task)) {
            return false;
        }
        session = session.turnedBack();
        return true;
    }

    /** Whether this changed the record. */
    boolean settle(String task, long tokens, Instant now) {
        OptionalLong used = reserved.settle(task, tokens);
        used.ifPresent(counted -> session = session.used(counted, now));
        return used.isPresent();
    }

    SessionView view(String name, Instant now) {
        return new SessionView(name, session.turns(), session.tokensUsed(), session.tokenBudget(),
                limited() ? remaining() : null, left(now).toMillis());
    }
}
