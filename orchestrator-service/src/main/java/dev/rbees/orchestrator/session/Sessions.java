package dev.rbees.orchestrator.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.session.SessionRequest;
import dev.rbees.api.session.SessionView;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.reservation.Reservation;
import dev.rbees.orchestrator.reservation.TokenReservation;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.thread.Handover;

/**
 * The sessions that somebody made, and what their tasks may still take. A task may also name a session that nobody made: that
 * only groups it with others of that name. Any thread; no call waits for the store, which is told after the lock is released.
 *
 * <p>
 * A task reserves its {@code max_tokens} when it is accepted. The tokens of its prompt are known when it has ended, so a
 * budget may be exceeded by those of the prompts that are on their way.
 */
public final class Sessions {

    /** Sessions of one tenant. */
    public static final int MOST_OF_TENANT = 1_000;
    /** Sessions that belong to no tenant. */
    public static final int MOST_OF_INSTALLATION = 10_000;
    /** why: so much memory, however many tenants there are. */
    private static final int MOST_OF_TENANTS = 100_000;

    private final InstantSource clock;
    private final Handover<String, Session> records;
    @GuardedBy("this")
    private final SessionTable table;

    /** Reads what the store has, which blocks. */
    public Sessions(SessionStore store, InstantSource clock) {
        this.clock = clock;
        this.records = new Handover<>((id, session) -> session.ifPresentOrElse(store::remember,
                () -> store.forgetSession(id)));
        this.table = new SessionTable(records::remove);
        for (Session session : store.sessions()) {
            table.put(session);
        }
    }

    /**
     * Makes a session.
     *
     * @param tenant internal id of its owner, null for the installation's own; likewise everywhere below
     * @throws RbeesException CONFLICT when there is one of that name, QUOTA_EXCEEDED when the owner has too many
     */
    public SessionView create(@Nullable String tenant, SessionRequest wanted) {
        return flushing(() -> add(tenant, wanted));
    }

    private synchronized SessionView add(@Nullable String tenant, SessionRequest wanted) {
        Instant now = clock.instant();
        table.sweep(tenant, now);
        String name = wanted.sessionId() == null ? UUID.randomUUID().toString() : wanted.sessionId();
        if (table.find(tenant, name, now).isPresent()) {
            throw new RbeesException(ErrorCode.CONFLICT,
                    "there is a session of that name; take another, or delete it first");
        }
        int most = tenant == null ? MOST_OF_INSTALLATION : MOST_OF_TENANT;
        if (table.of(tenant).size() >= most) {
            throw tooMany("there are " + most + " sessions", tenant, now);
        }
        if (tenant != null && table.size() - table.of(null).size() >= MOST_OF_TENANTS) {
            throw tooMany("all tenants together have " + MOST_OF_TENANTS + " sessions", tenant, now);
        }
        Session session = new Session(SessionTable.record(tenant, name), wanted.tokenBudget(), wanted.timeToLive(), 0, 0,
                now);
        records.put(session.id(), session);
        return table.put(tenant, name, session).view(name, now);
    }

    @GuardedBy("this")
    private RbeesException tooMany(String what, @Nullable String tenant, Instant now) {
        Duration first = table.of(tenant).stream().map(account -> account.left(now)).min(Comparator.naturalOrder())
                .orElse(Duration.ofMinutes(1));
        return RbeesException.busy(ErrorCode.QUOTA_EXCEEDED, what
                + ", which is the limit; delete some, or wait until they are forgotten", first);
    }

    /** @throws RbeesException SESSION_NOT_FOUND */
    public SessionView show(@Nullable String tenant, String name) {
        return flushing(() -> findView(tenant, name)).orElseThrow(Sessions::unknown);
    }

    private synchronized Optional<SessionView> findView(@Nullable String tenant, String name) {
        Instant now = clock.instant();
        return table.find(tenant, name, now).map(account -> account.view(name, now));
    }

    /**
     * Forgets a session; its tasks go on.
     *
     * @throws RbeesException SESSION_NOT_FOUND
     */
    public void delete(@Nullable String tenant, String name) {
        if (!flushing(() -> remove(tenant, name))) {
            throw unknown();
        }
    }

    private synchronized boolean remove(@Nullable String tenant, String name) {
        boolean known = table.find(tenant, name, clock.instant()).isPresent();
        table.remove(tenant, name);
        return known;
    }

    /** Tokens that new tasks of a session may still take; empty when there is no such session, or it has no limit. */
    public OptionalLong remaining(@Nullable String tenant, @Nullable String name) {
        return flushing(() -> left(tenant, name));
    }

    private synchronized OptionalLong left(@Nullable String tenant, @Nullable String name) {
        return table.find(tenant, name, clock.instant()).filter(SessionAccount::limited)
                .map(account -> OptionalLong.of(account.remaining())).orElse(OptionalLong.empty());
    }

    /**
     * Lets a task in, and reserves its tokens; once for each task.
     *
     * @param task its id
     */
    public Reservation reserve(@Nullable String tenant, String task, TaskSubmission wanted) {
        return flushing(() -> reserveNow(tenant, task, wanted));
    }

    private synchronized Reservation reserveNow(@Nullable String tenant, String task, TaskSubmission wanted) {
        Instant now = clock.instant();
        Optional<SessionAccount> found = table.find(tenant, wanted.sessionId(), now);
        if (found.isEmpty()) {
            return new Reservation.Reserved(wanted);
        }
        SessionAccount account = found.get();
        TaskSubmission limited = account.limit(wanted);
        Optional<RbeesException> refusal = account.refusal(limited.sampling(), now);
        if (refusal.isPresent()) {
            return new Reservation.Refused(refusal.get());
        }
        if (account.reserve(task, limited.sampling(), now)) {
            records.put(account.session().id(), account.session());
        }
        return new Reservation.Reserved(limited);
    }

    /** A task that came in before this orchestrator started goes on. */
    public void goesOn(Task task) {
        flushing(() -> setAside(task.tenant(), task.session(), task.id(), TokenReservation.of(task.maxTokens())));
    }

    /** A task that was let in takes less than it was let in for. */
    public void lower(@Nullable String tenant, String task, TaskSubmission limited) {
        flushing(() -> setAside(tenant, limited.sessionId(), task, TokenReservation.of(limited.sampling())));
    }

    private synchronized Optional<SessionAccount> setAside(@Nullable String tenant, @Nullable String name, String task,
            int tokens) {
        Optional<SessionAccount> account = table.find(tenant, name, clock.instant());
        account.ifPresent(found -> found.setAside(task, tokens));
        return account;
    }

    /** A task that was let in was not accepted after all. */
    public void release(@Nullable String tenant, String task, TaskSubmission wanted) {
        flushing(() -> releaseNow(tenant, task, wanted));
    }

    private synchronized boolean releaseNow(@Nullable String tenant, String task, TaskSubmission wanted) {
        Optional<SessionAccount> changed = table.find(tenant, wanted.sessionId(), clock.instant())
                .filter(account -> account.release(task));
        changed.ifPresent(account -> records.put(account.session().id(), account.session()));
        return changed.isPresent();
    }

    /** A task has ended: what it took is put down to the session that it was let into. */
    public void settle(Task task) {
        flushing(() -> settleNow(task));
    }

    private synchronized boolean settleNow(Task task) {
        Instant now = clock.instant();
        Optional<SessionAccount> changed = table.find(task.tenant(), task.session(), now)
                .filter(account -> account.settle(task.id(), task.tokens(), now));
        changed.ifPresent(account -> records.put(account.session().id(), account.session()));
        return changed.isPresent();
    }

    /** Does something that takes the lock for itself, and hands over what it changed when it has released it. */
    private <T> T flushing(Supplier<T> work) {
        try {
            return work.get();
        } finally {
            records.flush();
        }
    }

    private static RbeesException unknown() {
        return new RbeesException(ErrorCode.SESSION_NOT_FOUND,
                "no session of that name is known; it may have been forgotten after its time to live");
    }
}
