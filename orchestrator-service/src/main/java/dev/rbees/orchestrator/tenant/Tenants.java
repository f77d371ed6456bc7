package dev.rbees.orchestrator.tenant;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.tenant.TenantRequest;
import dev.rbees.api.tenant.TenantRequest.Quota;
import dev.rbees.api.tenant.TenantView;
import dev.rbees.home.Sha256;
import dev.rbees.orchestrator.session.Promised;
import dev.rbees.orchestrator.task.Task;

/**
 * Those who share the installation, their tokens, and what their tasks may still take. Any thread. A token is shown when it is made
 * and never again: only its SHA-256 is kept.
 */
public final class Tenants {

    private static final int MOST = 10_000;
    private static final int TOKEN_BYTES = 32;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TenantStore store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<String, String> byToken = new HashMap<>();

    private static final class Entry {
        private final Promised promised = new Promised();
        private Tenant tenant;
        private Instant minute = Instant.MIN;
        private int requests;

        Entry(Tenant tenant) {
            this.tenant = tenant;
        }

        long remaining(LocalDate today) {
            Long most = tenant.quota().tokensPerDay();
            return most == null ? Long.MAX_VALUE : Math.max(0, most - tenant.tokensOn(today) - promised.tokens());
        }
    }

    /** @param random draws tokens, so it has to be a secure one */
    public Tenants(TenantStore store, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
        store.tenants().forEach(this::put);
    }

    private void put(Tenant tenant) {
        entries.put(tenant.id(), new Entry(tenant));
        byToken.put(tenant.tokenDigest(), tenant.id());
    }

    /**
     * Takes a tenant in; the view has its token.
     *
     * @throws RbeesException CONFLICT when there is one of that name, QUOTA_EXCEEDED when there are too many
     */
    public synchronized TenantView create(TenantRequest wanted) {
        if (entries.containsKey(wanted.tenantId())) {
            throw new RbeesException(ErrorCode.CONFLICT, "there is a tenant of that name");
        }
        if (entries.size() >= MOST) {
            throw new RbeesException(ErrorCode.QUOTA_EXCEEDED, "there are " + MOST + " tenants, which is the limit");
        }
        String token = newToken();
        Tenant tenant = new Tenant(wanted.tenantId(), digest(token), wanted.quota(), today(), 0);
        put(tenant);
        store.remember(tenant);
        return view(entry(tenant.id()), token);
    }

    /**
     * Gives a tenant another token; the view has it. The old one is good for nothing from now on.
     *
     * @throws RbeesException TENANT_NOT_FOUND
     */
    public synchronized TenantView renew(String id) {
        Entry entry = entry(id);
        String token = newToken();
        byToken.remove(entry.tenant.tokenDigest());
        entry.tenant = entry.tenant.withToken(digest(token));
        byToken.put(entry.tenant.tokenDigest(), id);
        store.remember(entry.tenant);
        return view(entry, token);
    }

    /**
     * Lets a tenant go; its tasks go on.
     *
     * @throws RbeesException TENANT_NOT_FOUND
     */
    public synchronized void delete(String id) {
        byToken.remove(entry(id).tenant.tokenDigest());
        entries.remove(id);
        store.forgetTenant(id);
    }

    /** @throws RbeesException TENANT_NOT_FOUND */
    public synchronized TenantView show(String id) {
        return view(entry(id), null);
    }

    public synchronized List<TenantView> list() {
        return entries.values().stream().map(entry -> view(entry, null)).toList();
    }

    /** Whose token this is. By its digest, of which nobody can choose a part, so that the time tells nothing. */
    public synchronized Optional<String> holder(String token) {
        return Optional.ofNullable(byToken.get(digest(token)));
    }

    /** The task, limited to what is left of the day where it has no limit of its own. */
    public synchronized TaskSubmission limit(@Nullable String id, TaskSubmission task) {
        return find(id).filter(entry -> entry.tenant.quota().tokensPerDay() != null)
                .map(entry -> task.limitedTo(entry.remaining(today()))).orElse(task);
    }

    /**
     * Lets a task in, and promises it its tokens.
     *
     * @throws RbeesException FORBIDDEN when it may not use the model, QUOTA_EXCEEDED when it asks for too much
     */
    public synchronized void enter(@Nullable String id, TaskSubmission task) {
        find(id).ifPresent(entry -> {
            check(entry, task.model(), Promised.of(task.sampling()));
            entry.promised.begin(task.sampling());
        });
    }

    private void check(Entry entry, String model, long promise) {
        Quota quota = entry.tenant.quota();
        Instant now = clock.instant();
        if (quota.models() != null && !quota.models().contains(model)) {
            throw new RbeesException(ErrorCode.FORBIDDEN, "this tenant may not use that model; it may use "
                    + String.join(", ", quota.models()));
        }
        if (entry.minute.plus(MINUTE).isBefore(now)) {
            entry.minute = now;
            entry.requests = 0;
        }
        if (quota.requestsPerMinute() != null && entry.requests >= quota.requestsPerMinute()) {
            throw exceeded("this tenant may hand in %d tasks a minute".formatted(quota.requestsPerMinute()),
                    Duration.between(now, entry.minute.plus(MINUTE)));
        }
        entry.requests++;
        if (quota.maxTasks() != null && entry.promised.tasks() >= quota.maxTasks()) {
            throw exceeded("this tenant may have %d tasks at a time".formatted(quota.maxTasks()), Duration.ofSeconds(1));
        }
        long remaining = entry.remaining(today());
        if (remaining < Math.max(1, promise)) {
            throw exceeded("this tenant has %d of its %d tokens of today left, and the task may take %d".formatted(remaining,
                    quota.tokensPerDay(), Math.max(1, promise)),
                    Duration.between(now, today().plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC)));
        }
    }

    private static RbeesException exceeded(String what, Duration retryAfter) {
        return RbeesException.busy(ErrorCode.QUOTA_EXCEEDED, what + "; try again after the time in Retry-After",
                retryAfter);
    }

    /**
     * Lets a request in whose tokens are known when it is answered.
     *
     * @throws RbeesException as {@link #enter} says
     */
    public synchronized void ask(@Nullable String id, String model) {
        find(id).ifPresent(entry -> check(entry, model, 0));
    }

    /** It is answered, and took so many tokens. */
    public synchronized void answered(@Nullable String id, long tokens) {
        find(id).ifPresent(entry -> use(entry, tokens));
    }

    private void use(Entry entry, long tokens) {
        entry.tenant = entry.tenant.used(tokens, today());
        store.remember(entry.tenant);
    }

    /** A task that was let in was not accepted after all. */
    public synchronized void leave(@Nullable String id, TaskSubmission task) {
        find(id).ifPresent(entry -> entry.promised.end(task.sampling()));
    }

    /** A task that came in before this orchestrator started goes on. */
    public synchronized void goesOn(Task task, SamplingParameters sampling) {
        find(task.tenant()).ifPresent(entry -> entry.promised.begin(sampling));
    }

    /** A task has ended. */
    public synchronized void ended(Task task, SamplingParameters sampling) {
        find(task.tenant()).ifPresent(entry -> {
            entry.promised.end(sampling);
            use(entry, task.tokens());
        });
    }

    private Optional<Entry> find(@Nullable String id) {
        return id == null ? Optional.empty() : Optional.ofNullable(entries.get(id));
    }

    private Entry entry(String id) {
        return find(id).orElseThrow(() -> new RbeesException(ErrorCode.TENANT_NOT_FOUND, "no tenant of that name is known"));
    }

    private TenantView view(Entry entry, @Nullable String token) {
        return new TenantView(entry.tenant.id(), entry.tenant.quota(), entry.promised.tasks(),
                entry.tenant.tokensOn(today()), token);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String digest(String token) {
        return Sha256.of(token.getBytes(StandardCharsets.UTF_8));
    }
}
