package dev.rbees.orchestrator.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.session.SessionRequest;
import dev.rbees.api.session.SessionView;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.task.Task;

/**
 * The sessions that somebody made, and what their tasks may still take. A task may also name a session that nobody made: that
 * only groups it with others of that name. Any thread.
 *
 * <p>
 * A task is promised its {@code max_tokens} when it is accepted. The tokens of its prompt are known when it has ended, so a
 * budget may be exceeded by those of the prompts that are on their way.
 */
public final class Sessions {

    private static final int MOST = 10_000;

    private final SessionStore store;
    private final InstantSource clock;
    private final Map<String, Entry> entries = new HashMap<>();

    private static final class Entry {
        private final Promised promised = new Promised();
        private Session session;

        Entry(Session session) {
            this.session = session;
        }

        long remaining() {
            Long budget = session.tokenBudget();
            return budget == null ? Long.MAX_VALUE : Math.max(0, budget - session.tokensUsed() - promised.tokens());
        }

        Duration left(Instant now) {
            return promised.tasks() > 0
                    ? session.timeToLive()
                    : Duration.between(now, session.lastUse().plus(session.timeToLive()));
        }
    }

    public Sessions(SessionStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        store.sessions().forEach(session -> entries.put(session.id(), new Entry(session)));
    }

    /**
     * Makes a session.
     *
     * @throws RbeesException CONFLICT when there is one of that name, QUOTA_EXCEEDED when there are too many
     */
    public synchronized SessionView create(@Nullable String tenant, SessionRequest wanted) {
        forgetOld();
        String id = name(tenant, wanted.sessionId() == null ? UUID.randomUUID().toString() : wanted.sessionId());
        if (entries.containsKey(id)) {
            throw new RbeesException(ErrorCode.CONFLICT,
                    "there is a session of that name; take another, or delete it first");
        }
        if (entries.size() >= MOST) {
            throw new RbeesException(ErrorCode.QUOTA_EXCEEDED, "there are " + MOST
                    + " sessions, which is the limit; delete some, or wait until they are forgotten");
        }
        Entry entry = new Entry(new Session(id, wanted.tokenBudget(), wanted.timeToLive(), 0, 0, clock.instant()));
        entries.put(id, entry);
        store.remember(entry.session);
        return view(entry);
    }

    /** @throws RbeesException SESSION_NOT_FOUND */
    public synchronized SessionView show(@Nullable String tenant, String id) {
        return view(find(tenant, id).orElseThrow(Sessions::unknown));
    }

    /**
     * Forgets a session; its tasks go on.
     *
     * @throws RbeesException SESSION_NOT_FOUND
     */
    public synchronized void delete(@Nullable String tenant, String id) {
        remove(find(tenant, id).orElseThrow(Sessions::unknown).session.id());
    }

    /** The task, limited to what is left where it has no limit of its own. */
    public synchronized TaskSubmission limit(@Nullable String tenant, TaskSubmission task) {
        return find(tenant, task.sessionId()).filter(entry -> entry.session.tokenBudget() != null)
                .map(entry -> task.limitedTo(entry.remaining())).orElse(task);
    }

    /**
     * Lets a task in, and promises it its tokens.
     *
     * @throws RbeesException QUOTA_EXCEEDED when too few are left
     */
    public synchronized void enter(@Nullable String tenant, TaskSubmission task) {
        find(tenant, task.sessionId()).ifPresent(entry -> {
            long remaining = entry.remaining();
            long promise = Promised.of(task.sampling());
            if (remaining < promise || remaining == 0) {
                throw new RbeesException(ErrorCode.QUOTA_EXCEEDED, "the token budget of the session has " + remaining
                        + " tokens left, and the task may take " + Math.max(1, promise)
                        + "; lower max_tokens, or make a session with a larger budget");
            }
            entry.promised.begin(task.sampling());
            entry.session = entry.session.turned(clock.instant());
            store.remember(entry.session);
        });
    }

    /** Tokens that new tasks of a session may still take; empty when there is no such session, or it has no limit. */
    public synchronized OptionalLong remaining(@Nullable String tenant, @Nullable String id) {
        return find(tenant, id).filter(entry -> entry.session.tokenBudget() != null)
                .map(entry -> OptionalLong.of(entry.remaining())).orElse(OptionalLong.empty());
    }

    /** A task that came in before this orchestrator started goes on. */
    public synchronized void goesOn(Task task, SamplingParameters sampling) {
        find(task.tenant(), task.session()).ifPresent(entry -> entry.promised.begin(sampling));
    }

    /** A task that was let in was not accepted after all. */
    public synchronized void leave(@Nullable String tenant, TaskSubmission task) {
        find(tenant, task.sessionId()).ifPresent(entry -> {
            entry.promised.end(task.sampling());
            entry.session = entry.session.turnedBack();
            store.remember(entry.session);
        });
    }

    /** A task has ended. */
    public synchronized void ended(Task task, SamplingParameters sampling) {
        find(task.tenant(), task.session()).ifPresent(entry -> {
            entry.promised.end(sampling);
            entry.session = entry.session.used(task.tokens(), clock.instant());
            store.remember(entry.session);
        });
    }

    /** why: an id has no slash, so that no tenant can name the session of another. */
    private static String name(@Nullable String tenant, String id) {
        return tenant == null ? id : tenant + "/" + id;
    }

    private Optional<Entry> find(@Nullable String tenant, @Nullable String id) {
        return id == null ? Optional.empty() : find(name(tenant, id));
    }

    private Optional<Entry> find(String name) {
        Entry entry = entries.get(name);
        if (entry != null && entry.left(clock.instant()).isNegative()) {
            remove(entry.session.id());
            return Optional.empty();
        }
        return Optional.ofNullable(entry);
    }

    private void forgetOld() {
        Instant now = clock.instant();
        entries.values().stream().filter(entry -> entry.left(now).isNegative()).map(entry -> entry.session.id()).toList()
                .forEach(this::remove);
    }

    private void remove(String id) {
        entries.remove(id);
        store.forgetSession(id);
    }

    private SessionView view(Entry entry) {
        Session session = entry.session;
        return new SessionView(session.id().substring(session.id().indexOf('/') + 1), session.turns(), session.tokensUsed(),
                session.tokenBudget(),
                session.tokenBudget() == null ? null : entry.remaining(), entry.left(clock.instant()).toMillis());
    }

    private static RbeesException unknown() {
        return new RbeesException(ErrorCode.SESSION_NOT_FOUND,
                "no session of that name is known; it may have been forgotten after its time to live");
    }
}
