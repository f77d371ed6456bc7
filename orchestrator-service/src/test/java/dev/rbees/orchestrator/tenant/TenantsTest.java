package dev.rbees.orchestrator.tenant;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.tenant.TenantRequest;
import dev.rbees.api.tenant.TenantRequest.Quota;
import dev.rbees.orchestrator.reservation.Reservation;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.testing.TestTasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TenantsTest {

    /** A store that can be made to wait. */
    private static final class WaitingStore implements TenantStore {
        private final Map<String, Tenant> stored = new LinkedHashMap<>();
        private CountDownLatch release = new CountDownLatch(0);
        private CountDownLatch inside = new CountDownLatch(0);

        @Override
        public void remember(Tenant tenant) {
            inside.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            stored.put(tenant.id(), tenant);
        }

        @Override
        public void forgetTenant(String id) {
            stored.remove(id);
        }

        @Override
        public List<Tenant> tenants() {
            return List.copyOf(stored.values());
        }
    }

    private final WaitingStore store = new WaitingStore();
    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private Tenants tenants = open();

    private Tenants open() {
        return new Tenants(store, () -> now, new Random(1));
    }

    private Tenant stored(String name) {
        return Objects.requireNonNull(store.stored.get(name));
    }

    private String create(String name, Quota quota) {
        return tenants.create(new TenantRequest(name, quota)).owner();
    }

    private RbeesException refused(String tenant, String task) {
        Reservation answer = tenants.reserve(tenant, task, submission());
        assertThat(answer).isInstanceOf(Reservation.Refused.class);
        return ((Reservation.Refused) answer).why();
    }

    /** With {@code max_tokens} 16. */
    private static TaskSubmission submission() {
        return TestTasks.submission("hello", Priority.INTERACTIVE, null, null);
    }

    private Task ended(String tenant, String id, int tokensIn, int tokensOut) {
        return Task.accepted(id, "c", "trace", tenant, submission(), now).dispatched("w", null, 0, TestTasks.CHOICE, now)
                .running(now).completed(new TaskEvent.End(tokensIn, 0, tokensOut, 1, StopReason.EOS, null), now);
    }

    @Test
    void aNameThatIsUsedAgainIsSomebodyElse() {
        String first = create("physics", Quota.NONE);
        assertThat(tenants.delete("physics")).isEqualTo(first);
        String second = create("physics", Quota.NONE);
        assertThat(second).isNotEqualTo(first).isNotEqualTo("physics").matches("[0-9a-f]{32}");
        assertThat(stored("physics").owner()).isEqualTo(second);
        tenants = open();
        assertThat(tenants.renew("physics").owner()).isEqualTo(second);
    }

    @Test
    void aTenantOfAnEarlierVersionKeepsItsNameAsItsId() {
        Tenant old = Json.read(
                "{\"id\":\"physics\",\"token_digest\":\"ab\",\"quota\":{\"max_tasks\":3},\"day\":\"2026-01-01\",\"tokens\":9}",
                Tenant.class);
        store.stored.put("physics", old);
        tenants = open();
        assertThat(tenants.renew("physics").owner()).isEqualTo("physics");
        assertThat(tenants.show("physics").tokensToday()).isEqualTo(9);
        tenants.delete("physics");
        assertThat(create("physics", Quota.NONE)).isNotEqualTo("physics");
    }

    @Test
    void theTokenNamesTheInternalId() {
        Tenants.Issued made = tenants.create(new TenantRequest("physics", Quota.NONE));
        String token = Objects.requireNonNull(made.view().token());
        assertThat(tenants.holder(token)).contains(made.owner());
        Tenants.Issued again = tenants.renew("physics");
        String renewed = Objects.requireNonNull(again.view().token());
        assertThat(again.owner()).isEqualTo(made.owner());
        assertThat(tenants.holder(token)).isEmpty();
        assertThat(tenants.holder(renewed)).contains(made.owner());
        assertThat(Json.write(stored("physics"))).doesNotContain(renewed).doesNotContain("owner");
    }

    @Test
    void workersTellTenantsApartAndKnowNoneOfThem() {
        String physics = create("physics", Quota.NONE);
        String chemistry = create("chemistry", Quota.NONE);
        assertThat(tenants.cacheScope(physics)).isEqualTo(tenants.cacheScope(physics))
                .isNotEqualTo(tenants.cacheScope(chemistry)).isNotEqualTo(physics).matches("[0-9a-f]{64}");
        assertThat(tenants.cacheScope(null)).isNull();
    }

    @Test
    void aNegativeNumberOfTokensGivesNobodyAnything() {
        String tenant = create("physics", new Quota(null, 100L, null, null));
        assertThat(tenants.reserve(tenant, "1", submission())).isInstanceOf(Reservation.Reserved.class);
        tenants.settle(ended(tenant, "1", -1_000_000, 4));
        tenants.answered(tenant, -1_000_000);
        assertThat(tenants.show("physics").tokensToday()).isZero();
        tenants.answered(tenant, 90);
        assertThat(refused(tenant, "2").code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
    }

    @Test
    void everyRefusalThatPassesSaysWhen() {
        String busy = create("busy", new Quota(1, null, null, null));
        tenants.reserve(busy, "1", submission());
        assertThat(refused(busy, "2").retryAfter()).isEqualTo(Duration.ofSeconds(1));
        String spent = create("spent", new Quota(null, 10L, null, null));
        assertThat(refused(spent, "3").retryAfter()).isEqualTo(Duration.ofHours(12));
        String hasty = create("hasty", new Quota(null, null, 1, null));
        tenants.reserve(hasty, "4", submission());
        now = now.plusSeconds(20);
        assertThat(refused(hasty, "5").retryAfter()).isEqualTo(Duration.ofSeconds(40));
        String other = create("other", new Quota(null, null, null, List.of("large")));
        assertThat(refused(other, "6").code()).isEqualTo(ErrorCode.FORBIDDEN);
    }

    @Test
    void aClockThatIsSetBackNeitherLocksOutNorGivesADayAgain() {
        String hasty = create("hasty", new Quota(null, 100L, 1, null));
        now = now.plus(Duration.ofHours(25));
        tenants.reserve(hasty, "1", submission());
        tenants.answered(hasty, 80);
        now = now.minus(Duration.ofHours(25));
        assertThat(refused(hasty, "2").userMessage()).contains("4 of its 100 tokens"); // not: one task a minute, for a day
        assertThat(stored("hasty").day()).isEqualTo(LocalDate.parse("2026-01-02"));
    }

    @Test
    void aNameThatIsTakenOrNotKnownIsRefused() {
        create("physics", Quota.NONE);
        assertThatThrownBy(() -> create("physics", Quota.NONE)).hasMessageContaining("that name");
        assertThatThrownBy(() -> tenants.renew("nobody")).isInstanceOfSatisfying(RbeesException.class,
                refused -> assertThat(refused.code()).isEqualTo(ErrorCode.TENANT_NOT_FOUND));
    }

    /** The store waits, as it does while PostgreSQL is away; nobody else does. */
    @Test
    @Timeout(30)
    void nobodyWaitsForAStoreThatWaits() throws InterruptedException {
        String tenant = create("physics", Quota.NONE);
        store.inside = new CountDownLatch(1);
        store.release = new CountDownLatch(1);
        Thread first = Thread.ofVirtual().start(() -> tenants.answered(tenant, 1));
        store.inside.await();
        tenants.answered(tenant, 10);
        assertThat(tenants.reserve(tenant, "1", submission())).isInstanceOf(Reservation.Reserved.class);
        assertThat(tenants.show("physics").tokensToday()).isEqualTo(11);
        store.release.countDown();
        first.join();
        assertThat(stored("physics").tokens()).isEqualTo(11);
    }
}
