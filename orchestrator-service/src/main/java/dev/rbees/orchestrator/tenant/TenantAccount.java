package dev.rbees.orchestrator.tenant;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.tenant.TenantRequest.Quota;
import dev.rbees.api.tenant.TenantView;
import dev.rbees.orchestrator.reservation.TokenReservation;

/** One tenant: its record, and what its tasks that have not ended may take. Guarded by the lock of {@link Tenants}. */
final class TenantAccount {

    private final TokenReservation reserved = new TokenReservation();
    private final RequestWindow window = new RequestWindow();
    private Tenant tenant;

    TenantAccount(Tenant tenant) {
        this.tenant = tenant;
    }

    Tenant tenant() {
        return tenant;
    }

    void token(String digest) {
        tenant = tenant.withToken(digest);
    }

    private long remaining(LocalDate today) {
        Long most = tenant.quota().tokensPerDay();
        return most == null ? Long.MAX_VALUE : Math.max(0, most - tenant.tokensOn(today) - reserved.tokens());
    }

    /** The task, limited to what is left of the day where it has no limit of its own. */
    TaskSubmission limit(TaskSubmission wanted, Instant now) {
        return tenant.quota().tokensPerDay() == null ? wanted : wanted.limitedTo(remaining(day(now)));
    }

    /** Why a request that may take so many tokens cannot come in, if so; otherwise it counts as one of this minute. */
    Optional<RbeesException> refusal(String model, int tokens, Instant now) {
        Quota quota = tenant.quota();
        if (quota.models() != null && !quota.models().contains(model)) {
            return Optional.of(new RbeesException(ErrorCode.FORBIDDEN,
                    "this tenant may not use that model; it may use " + String.join(", ", quota.models())));
        }
        if (quota.maxTasks() != null && reserved.tasks() >= quota.maxTasks()) {
            return exceeded("this tenant may have %d tasks at a time".formatted(quota.maxTasks()), Duration.ofSeconds(1));
        }
        long remaining = remaining(day(now));
        int wanted = Math.max(1, tokens);
        if (remaining < wanted) {
            return exceeded("this tenant has %d of its %d tokens of today left, and the task may take %d"
                    .formatted(remaining, quota.tokensPerDay(), wanted), untilMidnight(now));
        }
        // why: last, because it counts who comes in
        if (quota.requestsPerMinute() != null && !window.enter(quota.requestsPerMinute(), now)) {
            return exceeded("this tenant may hand in %d tasks a minute".formatted(quota.requestsPerMinute()),
                    window.left(now));
        }
        return Optional.empty();
    }

    private static Optional<RbeesException> exceeded(String what, Duration retryAfter) {
        return Optional.of(RbeesException.busy(ErrorCode.QUOTA_EXCEEDED,
                what + "; try again after the time in Retry-After", retryAfter));
    }

    void reserve(String task, int tokens) {
        reserved.reserve(task, tokens);
    }

    void release(String task) {
        reserved.release(task);
    }

    /** Whether this changed the record. */
    boolean settle(String task, long tokens, Instant now) {
        OptionalLong used = reserved.settle(task, tokens);
        used.ifPresent(counted -> use(counted, now));
        return used.isPresent();
    }

    /** @param tokens a negative number counts as none */
    void use(long tokens, Instant now) {
        tenant = tenant.used(Math.max(0, tokens), day(now));
    }

    TenantView view(@Nullable String token, Instant now) {
        return new TenantView(tenant.id(), tenant.quota(), reserved.tasks(), tenant.tokensOn(day(now)), token);
    }

    static LocalDate day(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
    }

    private static Duration untilMidnight(Instant now) {
        return Duration.between(now, day(now).plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
    }
}
