package dev.rbees.orchestrator.tenant;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.tenant.TenantRequest;
import dev.rbees.api.tenant.TenantView;
import dev.rbees.home.Sha256;
import dev.rbees.orchestrator.reservation.Reservation;
import dev.rbees.orchestrator.reservation.TokenReservation;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.thread.Handover;

/**
 * Those who share the installation, their tokens, and what their tasks may still take. A token is shown when it is made and never
 * again: only its SHA-256 is kept. Any thread; no call waits for the store, which is told after the lock is released.
 *
 * <p>
 * The operator names a tenant by its name. Everything that belongs to one names it by its internal id ({@link Tenant#owner}), which is
 * what the parameters {@code tenant} are; null is nobody, who has no quota.
 */
public final class Tenants {

    private static final int MOST = 10_000;
    private static final int TOKEN_BYTES = 32;
    private static final int ID_BYTES = 16;
    private static final Duration FULL_PAUSE = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final RandomGenerator random;
    private final Handover<String, Tenant> records;
    private final CacheScopes scopes;
    @GuardedBy("this")
    private final Map<String, TenantAccount> byName = new TreeMap<>();
    @GuardedBy("this")
    private final Map<String, TenantAccount> byOwner = new HashMap<>();
    @GuardedBy("this")
    private final Map<String, TenantAccount> byToken = new HashMap<>();

    /**
     * Reads what the store has, which blocks.
     *
     * @param random draws tokens and ids, so it has to be a secure one
     */
    public Tenants(TenantStore store, InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
        this.scopes = new CacheScopes(random);
        this.records = new Handover<>((id, tenant) -> tenant.ifPresentOrElse(store::remember,
                () -> store.forgetTenant(id)));
        for (Tenant tenant : store.tenants()) {
            put(new TenantAccount(tenant));
        }
    }

    private synchronized void put(TenantAccount account) {
        Tenant tenant = account.tenant();
        byName.put(tenant.id(), account);
        byOwner.put(tenant.owner(), account);
        byToken.put(tenant.tokenDigest(), account);
    }

    /**
     * A tenant that was given a token.
     *
     * @param view has the token
     * @param owner its internal id
     */
    public record Issued(TenantView view, String owner) {}

    /**
     * Takes a tenant in.
     *
     * @throws RbeesException CONFLICT when there is one of that name, QUOTA_EXCEEDED when there are too many
     */
    public Issued create(TenantRequest wanted) {
        return flushing(() -> add(wanted));
    }

    private synchronized Issued add(TenantRequest wanted) {
        if (byName.containsKey(wanted.tenantId())) {
            throw new RbeesException(ErrorCode.CONFLICT, "there is a tenant of that name");
        }
        if (byName.size() >= MOST) {
            throw RbeesException.busy(ErrorCode.QUOTA_EXCEEDED,
                    "there are " + MOST + " tenants, which is the limit; let some go with DELETE /v2/tenants/{id}",
                    FULL_PAUSE);
        }
        Instant now = clock.instant();
        String token = draw(TOKEN_BYTES);
        Tenant tenant = new Tenant(wanted.tenantId(), newOwner(), digest(token), wanted.quota(), TenantAccount.day(now), 0);
        TenantAccount account = new TenantAccount(tenant);
        put(account);
        records.put(tenant.id(), tenant);
        return new Issued(account.view(token, now), tenant.owner());
    }

    /** why: a tenant of an earlier version may have any name as its internal id. */
    @GuardedBy("this")
    private String newOwner() {
        String id = draw(ID_BYTES);
        while (byOwner.containsKey(id)) {
            id = draw(ID_BYTES);
        }
        return id;
    }

    /**
     * Gives a tenant another token. The old one is good for nothing from now on.
     *
     * @throws RbeesException TENANT_NOT_FOUND
     */
    public Issued renew(String name) {
        return flushing(() -> renewNow(name));
    }

    private synchronized Issued renewNow(String name) {
        TenantAccount account = require(name);
        String token = draw(TOKEN_BYTES);
        byToken.remove(account.tenant().tokenDigest());
        account.token(digest(token));
        byToken.put(account.tenant().tokenDigest(), account);
        records.put(name, account.tenant());
        return new Issued(account.view(token, clock.instant()), account.tenant().owner());
    }

    /**
     * Lets a tenant go; its tasks go on, and nobody sees them any more but the operator.
     *
     * @return its internal id
     * @throws RbeesException TENANT_NOT_FOUND
     */
    public String delete(String name) {
        return flushing(() -> remove(name));
    }

    private synchronized String remove(String name) {
        Tenant tenant = require(name).tenant();
        byName.remove(name);
        byOwner.remove(tenant.owner());
        byToken.remove(tenant.tokenDigest());
        records.remove(name);
        return tenant.owner();
    }

    /** @throws RbeesException TENANT_NOT_FOUND */
    public synchronized TenantView show(String name) {
        return require(name).view(null, clock.instant());
    }

    public synchronized List<TenantView> list() {
        Instant now = clock.instant();
        return byName.values().stream().map(account -> account.view(null, now)).toList();
    }

    /** Internal id of the tenant whose token this is. By its digest, of which nobody can choose a part, so that the time tells nothing. */
    public Optional<String> holder(String token) {
        String digest = digest(token);
        synchronized (this) {
            return Optional.ofNullable(byToken.get(digest)).map(account -> account.tenant().owner());
        }
    }

    /** What workers tell the prompts of a tenant from those of others by; null for the installation's own. */
    public @Nullable String cacheScope(@Nullable String tenant) {
        return scopes.of(tenant);
    }

    /**
     * Lets a task in, and reserves its tokens; once for each task.
     *
     * @param task its id
     */
    public synchronized Reservation reserve(@Nullable String tenant, String task, TaskSubmission wanted) {
        Optional<TenantAccount> account = find(tenant);
        if (account.isEmpty()) {
            return new Reservation.Reserved(wanted);
        }
        Instant now = clock.instant();
        TaskSubmission limited = account.get().limit(wanted, now);
        Optional<RbeesException> refusal = account.get().refusal(limited.model(),
                TokenReservation.of(limited.sampling()), now);
        if (refusal.isPresent()) {
            return new Reservation.Refused(refusal.get());
        }
        account.get().reserve(task, TokenReservation.of(limited.sampling()));
        return new Reservation.Reserved(limited);
    }

    /** A task that was let in takes less than it was let in for. */
    public synchronized void lower(@Nullable String tenant, String task, SamplingParameters sampling) {
        find(tenant).ifPresent(account -> account.reserve(task, TokenReservation.of(sampling)));
    }

    /** A task that came in before this orchestrator started goes on. */
    public synchronized void goesOn(Task task) {
        find(task.tenant()).ifPresent(account -> account.reserve(task.id(), TokenReservation.of(task.maxTokens())));
    }

    /** A task that was let in was not accepted after all. */
    public synchronized void release(@Nullable String tenant, String task) {
        find(tenant).ifPresent(account -> account.release(task));
    }

    /** A task has ended. */
    public void settle(Task task) {
        flushing(() -> settleNow(task));
    }

    private synchronized Optional<TenantAccount> settleNow(Task task) {
        Instant now = clock.instant();
        Optional<TenantAccount> changed = find(task.tenant())
                .filter(account -> account.settle(task.id(), task.tokens(), now));
        changed.ifPresent(account -> records.put(account.tenant().id(), account.tenant()));
        return changed;
    }

    /**
     * Lets a request in whose tokens are known when it is answered.
     *
     * @throws RbeesException FORBIDDEN when it may not use the model, QUOTA_EXCEEDED when it asks for too much
     */
    public synchronized void ask(@Nullable String tenant, String model) {
        Optional<RbeesException> refusal = find(tenant).flatMap(account -> account.refusal(model, 0, clock.instant()));
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }

    /**
     * It is answered.
     *
     * @param tokens that it took; a negative number counts as none
     */
    public void answered(@Nullable String tenant, long tokens) {
        flushing(() -> use(tenant, tokens));
    }

    private synchronized Optional<TenantAccount> use(@Nullable String tenant, long tokens) {
        Optional<TenantAccount> account = find(tenant);
        account.ifPresent(found -> {
            found.use(tokens, clock.instant());
            records.put(found.tenant().id(), found.tenant());
        });
        return account;
    }

    @GuardedBy("this")
    private Optional<TenantAccount> find(@Nullable String tenant) {
        return tenant == null ? Optional.empty() : Optional.ofNullable(byOwner.get(tenant));
    }

    @GuardedBy("this")
    private TenantAccount require(String name) {
        return Optional.ofNullable(byName.get(name)).orElseThrow(() -> new RbeesException(ErrorCode.TENANT_NOT_FOUND,
                "no tenant of that name is known; GET /v2/tenants lists them"));
    }

    /** Does something that takes the lock for itself, and hands over what it changed when it has released it. */
    private <T> T flushing(Supplier<T> work) {
        try {
            return work.get();
        } finally {
            records.flush();
        }
    }

    private String draw(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String digest(String token) {
        return Sha256.of(token.getBytes(StandardCharsets.UTF_8));
    }
}
