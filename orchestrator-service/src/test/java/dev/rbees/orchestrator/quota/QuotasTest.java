package dev.rbees.orchestrator.quota;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.rbees.api.session.SessionRequest;
import dev.rbees.api.session.SessionView;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.tenant.TenantRequest;
import dev.rbees.api.tenant.TenantRequest.Quota;
import dev.rbees.orchestrator.reservation.Reservation;
import dev.rbees.orchestrator.session.Session;
import dev.rbees.orchestrator.session.SessionStore;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.Tenant;
import dev.rbees.orchestrator.tenant.TenantStore;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.orchestrator.testing.TestTasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class QuotasTest {

    private static final long BUDGET = 10_000;

    /** Keeps what it is told. */
    private static final class Records implements SessionStore, TenantStore {
        private final Map<String, Session> sessions = new ConcurrentHashMap<>();
        private final Map<String, Tenant> tenants = new ConcurrentHashMap<>();

        @Override
        public void remember(Session session) {
            sessions.put(session.id(), session);
        }

        @Override
        public void forgetSession(String id) {
            sessions.remove(id);
        }

        @Override
        public List<Session> sessions() {
            return List.of();
        }

        @Override
        public void remember(Tenant tenant) {
            tenants.put(tenant.id(), tenant);
        }

        @Override
        public void forgetTenant(String id) {
            tenants.remove(id);
        }

        @Override
        public List<Tenant> tenants() {
            return List.of();
        }
    }

    private final Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Records records = new Records();
    private final Tenants tenants = new Tenants(records, () -> now, new Random(1));
    private final Sessions sessions = new Sessions(records, () -> now);
    private final Quotas quotas = new Quotas(tenants, sessions);
    private String tenant = "";

    @BeforeEach
    void make() {
        tenant = tenants.create(new TenantRequest("physics", new Quota(50, BUDGET, null, null))).owner();
        sessions.create(tenant, new SessionRequest("s", BUDGET, Duration.ofHours(1)));
    }

    private static TaskSubmission task(String fields) {
        return TaskSubmission.read(("{\"model\":\"tiny\",\"prompt\":\"hello\",\"session_id\":\"s\"" + fields + "}")
                .getBytes(UTF_8));
    }

    private Task ended(String id, TaskSubmission task, int in, int out) {
        return Task.accepted(id, "c", "trace", tenant, task, now).dispatched("w", null, 0, TestTasks.CHOICE, now)
                .running(now)
                .completed(new TaskEvent.End(in, 0, out, 1, StopReason.EOS, null), now);
    }

    private TaskSubmission reserved(String id, TaskSubmission task) {
        Reservation answer = quotas.reserve(tenant, id, task);
        assertThat(answer).isInstanceOf(Reservation.Reserved.class);
        return ((Reservation.Reserved) answer).task();
    }

    @Test
    void aTaskIsLimitedToTheSmallerOfWhatIsLeft() {
        sessions.create(tenant, new SessionRequest("small", 30L, Duration.ofHours(1)));
        TaskSubmission wanted = TaskSubmission
                .read("{\"model\":\"tiny\",\"prompt\":\"hello\",\"session_id\":\"small\"}".getBytes(UTF_8));
        assertThat(reserved("1", wanted).sampling().maxTokens()).isEqualTo(30);
        // and the tenant has no more set aside than the session lets the task take
        TaskSubmission most = task(",\"max_tokens\":" + (BUDGET - 50));
        assertThat(reserved("2", most)).isEqualTo(most);
        // and the other way round
        assertThat(reserved("3", task("")).sampling().maxTokens()).isEqualTo(20);
        assertThat(sessions.show(tenant, "s").tokensBudgetRemaining()).isEqualTo(30);
    }

    @Test
    void whatTheSessionRefusesIsNotSetAsideForTheTenant() {
        sessions.create(tenant, new SessionRequest("small", 30L, Duration.ofHours(1)));
        TaskSubmission wanted = TaskSubmission.read(
                "{\"model\":\"tiny\",\"prompt\":\"hello\",\"session_id\":\"small\",\"max_tokens\":31}".getBytes(UTF_8));
        assertThat(quotas.reserve(tenant, "1", wanted)).isInstanceOf(Reservation.Refused.class);
        assertThat(tenants.show("physics").tasks()).isZero();
    }

    @Test
    void aTaskThatIsLetInAndTakenUpAgainCountsOnce() {
        TaskSubmission wanted = reserved("1", task(",\"max_tokens\":100"));
        quotas.goesOn(Task.accepted("1", "c", "trace", tenant, wanted, now));
        assertThat(tenants.show("physics").tasks()).isEqualTo(1);
        assertThat(sessions.show(tenant, "s").tokensBudgetRemaining()).isEqualTo(BUDGET - 100);
        assertThat(sessions.show(tenant, "s").turns()).isEqualTo(1);
    }

    /** Many threads let tasks in, give them up and end them, some of them twice, with numbers that nobody should believe. */
    @Test
    @Timeout(60)
    void whateverThreadsDoNothingSinksBelowZeroAndTheSumsAreRight() throws InterruptedException {
        AtomicLong used = new AtomicLong();
        AtomicLong turns = new AtomicLong();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            int number = t;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    Random random = new Random(number);
                    for (int i = 0; i < 400; i++) {
                        one(number + "-" + i, random, used, turns);
                    }
                } catch (Throwable e) {
                    wrong.set(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong.get()).isNull();
        SessionView session = sessions.show(tenant, "s");
        assertThat(session.tokensUsed()).isEqualTo(used.get());
        assertThat(session.turns()).isEqualTo(turns.get());
        assertThat(session.tokensBudgetRemaining()).isEqualTo(Math.max(0, BUDGET - used.get()));
        assertThat(tenants.show("physics").tasks()).isZero();
        assertThat(tenants.show("physics").tokensToday()).isEqualTo(used.get());
        Session stored = Objects.requireNonNull(records.sessions.get(tenant + "/s"));
        // the record says the same as the memory: the last state won
        assertThat(stored.tokensUsed()).isEqualTo(used.get());
        assertThat(stored.turns()).isEqualTo(turns.get());
        assertThat(Objects.requireNonNull(records.tenants.get("physics")).tokens()).isEqualTo(used.get());
    }

    private void one(String id, Random random, AtomicLong used, AtomicLong turns) {
        TaskSubmission wanted = task(",\"max_tokens\":" + random.nextInt(1, 50));
        if (quotas.reserve(tenant, id, wanted) instanceof Reservation.Reserved) {
            assertThat(tenants.show("physics").tasks()).isBetween(1, 50);
            if (random.nextInt(3) == 0) {
                quotas.release(tenant, id, wanted);
                quotas.release(tenant, id, wanted);
            } else {
                int out = random.nextInt(-20, 8);
                Task ended = ended(id, wanted, 0, out);
                quotas.settle(ended);
                quotas.settle(ended);
                turns.incrementAndGet();
                used.addAndGet(Math.max(0, out));
            }
        }
        assertThat(sessions.show(tenant, "s").tokensBudgetRemaining()).isBetween(0L, BUDGET);
        assertThat(tenants.show("physics").tokensToday()).isNotNegative();
    }
}
