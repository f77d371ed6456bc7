package dev.rbees.orchestrator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Sessions by owner and name. Each owner has room for so many, so that none can take that of the others. Guarded by the lock of
 * {@link Sessions}.
 */
final class SessionTable {

    /** Owner of the installation's own. why: no tenant has an empty id. */
    private static final String INSTALLATION = "";
    private static final Duration SWEEP_PAUSE = Duration.ofMinutes(1);

    private final Map<String, Map<String, SessionAccount>> byOwner = new HashMap<>();
    private final Consumer<String> forgotten;
    private int size;
    private Instant swept = Instant.MIN;

    /** @param forgotten hears the id of the record of each that is taken out */
    SessionTable(Consumer<String> forgotten) {
        this.forgotten = forgotten;
    }

    /** why: an id has no slash, so that no tenant can name the session of another. */
    static String record(@Nullable String tenant, String name) {
        return tenant == null ? name : tenant + "/" + name;
    }

    private static String owner(@Nullable String tenant) {
        return tenant == null ? INSTALLATION : tenant;
    }

    /** One that was in the record. */
    void put(Session session) {
        int slash = session.id().indexOf('/');
        put(slash < 0 ? null : session.id().substring(0, slash), session.id().substring(slash + 1), session);
    }

    SessionAccount put(@Nullable String tenant, String name, Session session) {
        SessionAccount account = new SessionAccount(session);
        byOwner.computeIfAbsent(owner(tenant), _ -> new HashMap<>()).put(name, account);
        size++;
        return account;
    }

    /** Empty also where its time is over; then it is taken out. */
    Optional<SessionAccount> find(@Nullable String tenant, @Nullable String name, Instant now) {
        Map<String, SessionAccount> own = byOwner.get(owner(tenant));
        SessionAccount account = name == null || own == null ? null : own.get(name);
        if (account != null && name != null && account.left(now).isNegative()) {
            remove(tenant, name);
            return Optional.empty();
        }
        return Optional.ofNullable(account);
    }

    void remove(@Nullable String tenant, String name) {
        Map<String, SessionAccount> own = byOwner.get(owner(tenant));
        if (own != null && own.remove(name) != null) {
            size--;
            forgotten.accept(record(tenant, name));
            if (own.isEmpty()) {
                byOwner.remove(owner(tenant));
            }
        }
    }

    /** Takes out whose time is over: of everybody once in a while, of this owner always. */
    void sweep(@Nullable String tenant, Instant now) {
        if (now.isBefore(swept) || !now.isBefore(swept.plus(SWEEP_PAUSE))) {
            swept = now;
            for (String owner : List.copyOf(byOwner.keySet())) {
                sweepOwner(owner.equals(INSTALLATION) ? null : owner, now);
            }
        } else {
            sweepOwner(tenant, now);
        }
    }

    private void sweepOwner(@Nullable String tenant, Instant now) {
        List<String> over = new ArrayList<>();
        byOwner.getOrDefault(owner(tenant), Map.of()).forEach((name, account) -> {
            if (account.left(now).isNegative()) {
                over.add(name);
            }
        });
        over.forEach(name -> remove(tenant, name));
    }

    /** Those of one owner. */
    Collection<SessionAccount> of(@Nullable String tenant) {
        return byOwner.getOrDefault(owner(tenant), Map.of()).values();
    }

    /** Those of all owners together. */
    int size() {
        return size;
    }
}
