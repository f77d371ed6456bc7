package dev.rbees.orchestrator.audit;

import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.service.Caller;

/**
 * Something that somebody may have to account for later. It names neither prompts nor tokens.
 *
 * @param eventType what happened
 * @param actor who did it: {@code operator}, {@code worker}, or {@code tenant:} and its internal id, which {@code token_created} gives
 *        a name
 * @param details what it was done to
 */
public record AuditEvent(String eventType, String actor, Map<String, Object> details) {

    private static final int LONGEST = 1_024;
    private static final String OPERATOR = "operator";
    private static final String SYSTEM = "system";
    private static final String TENANT = "tenant";
    private static final String TENANT_ID = "tenant_id";

    /** Where an event waits to be written. */
    enum Room {
        /** What the operator does, and what becomes of the log: nothing else can take its place. */
        PRIVILEGED,
        /** What those do who may. */
        ORDINARY,
        /** What those wanted to do who may not: counted. */
        REFUSAL
    }

    /** Text of which only a hash under the log's key is written. */
    record Hashed(String text) {
        @Override
        public String toString() {
            return "hashed";
        }
    }

    public AuditEvent {
        Map<String, Object> checked = new TreeMap<>(); // why: an order, because a hash is made of it
        details.forEach((name, value) -> checked.put(name, value instanceof String text ? brief(text) : value));
        details = Collections.unmodifiableMap(checked);
    }

    Room room() {
        return switch (eventType) {
            case "auth_failure", "authorization_denied", "rate_limit_exceeded" -> Room.REFUSAL;
            case "task_submitted", "task_completed", "task_canceled", "node_registered", "node_deregistered" ->
                Room.ORDINARY;
            default -> Room.PRIVILEGED;
        };
    }

    private AuditEvent with(String name, Object value) {
        Map<String, Object> more = new TreeMap<>(details);
        more.put(name, value);
        return new AuditEvent(eventType, actor, more);
    }

    /** As it is written. */
    AuditEvent hashed(AuditKey key) {
        AuditEvent written = this;
        for (Map.Entry<String, Object> detail : details.entrySet()) {
            if (detail.getValue() instanceof Hashed(String text)) {
                written = written.with(detail.getKey(), key.mac(text));
            }
        }
        return written;
    }

    /** Of so many alike. */
    AuditEvent times(long count, Instant first) {
        return count == 1 ? this : with("count", count).with("first", Json.format(first));
    }

    /** The same by somebody who is not told apart from others. */
    AuditEvent ofOthers() {
        return new AuditEvent(eventType, "others", Map.of());
    }

    private static String brief(String text) {
        return text.substring(0, Math.min(text.length(), LONGEST)).replaceAll("\\p{Cntrl}", " ");
    }

    private static String name(@Nullable String tenant) {
        return tenant == null ? OPERATOR : "tenant:" + tenant;
    }

    private static String name(Caller caller) {
        return switch (caller.role()) {
            case NOBODY -> "unknown";
            case WORKER -> "worker";
            case OPERATOR, TENANT -> name(caller.tenant());
        };
    }

    /** Somebody showed a token that nobody has. */
    public static AuditEvent authFailure(String address) {
        return new AuditEvent("auth_failure", "unknown", Map.of("ip", address));
    }

    /** Somebody asked for what its token does not open. */
    public static AuditEvent authorizationDenied(Caller caller, String method) {
        return new AuditEvent("authorization_denied", name(caller), Map.of("method", method));
    }

    /** This orchestrator serves from now on. */
    public static AuditEvent started(String mode) {
        return new AuditEvent("started", SYSTEM, Map.of("mode", mode));
    }

    static AuditEvent stopped() {
        return new AuditEvent("stopped", SYSTEM, Map.of());
    }

    /** @param before file of an earlier version, and hex SHA-256 of it; empty for none */
    static AuditEvent logBegun(String before, String digest) {
        return new AuditEvent("audit_begun", SYSTEM, Map.of("before", before, "before_sha256", digest));
    }

    /** So many events found no room in the log. */
    static AuditEvent lost(Map<Room, Long> counts) {
        Map<String, Object> details = new TreeMap<>();
        counts.forEach((room, count) -> details.put(room.name().toLowerCase(Locale.ROOT), count));
        details.put("count", counts.values().stream().mapToLong(Long::longValue).sum());
        return new AuditEvent("audit_lost", SYSTEM, details);
    }

    /**
     * A tenant came in, or got another token.
     *
     * @param tenant its name
     * @param id its internal id
     */
    public static AuditEvent tokenCreated(String tenant, String id) {
        return new AuditEvent("token_created", OPERATOR, Map.of(TENANT, tenant, TENANT_ID, id));
    }

    /** A tenant was let go, or got another token. */
    public static AuditEvent tokenRevoked(String tenant, String id) {
        return new AuditEvent("token_revoked", OPERATOR, Map.of(TENANT, tenant, TENANT_ID, id));
    }

    public static AuditEvent tenantCreated(String tenant, String id) {
        return new AuditEvent("tenant_created", OPERATOR, Map.of(TENANT, tenant, TENANT_ID, id));
    }

    public static AuditEvent tenantDeleted(String tenant, String id) {
        return new AuditEvent("tenant_deleted", OPERATOR, Map.of(TENANT, tenant, TENANT_ID, id));
    }

    public static AuditEvent modelDeleted(String model) {
        return new AuditEvent("model_deleted", OPERATOR, Map.of("model", model));
    }

    public static AuditEvent nodeRegistered(Caller caller, String worker, String host) {
        return new AuditEvent("node_registered", name(caller), Map.of("worker", worker, "host", host));
    }

    public static AuditEvent nodeDeregistered(Caller caller, String worker) {
        return new AuditEvent("node_deregistered", name(caller), Map.of("worker", worker));
    }

    public static AuditEvent poolRegistered(String pool, String host) {
        return new AuditEvent("pool_registered", OPERATOR, Map.of("pool", pool, "host", host));
    }

    public static AuditEvent poolDeregistered(String pool) {
        return new AuditEvent("pool_deregistered", OPERATOR, Map.of("pool", pool));
    }

    public static AuditEvent poolDrained(String pool, boolean draining) {
        return new AuditEvent("pool_drained", OPERATOR, Map.of("pool", pool, "draining", draining));
    }

    /** Of the prompt only its length and its hash under the key of the log, so that nobody can try prompts. */
    public static AuditEvent taskSubmitted(Task task, TaskSubmission wanted) {
        String prompt = String.join("\n", wanted.prompt().texts());
        Integer maxTokens = wanted.sampling().maxTokens();
        return new AuditEvent("task_submitted", name(task.tenant()), Map.of("task", task.id(), "model_ref", task.model(),
                "prompt_hash", new Hashed(prompt), "prompt_length", prompt.length(),
                "max_tokens", maxTokens == null ? 0 : maxTokens));
    }

    public static AuditEvent taskCompleted(Task task) {
        return new AuditEvent("task_completed", name(task.tenant()),
                Map.of("task", task.id(), "outcome", task.state().name(), "tokens", task.tokens()));
    }

    public static AuditEvent taskCanceled(Caller caller, String task) {
        return new AuditEvent("task_canceled", name(caller), Map.of("task", task));
    }

    public static AuditEvent taskDeleted(Caller caller, String task) {
        return new AuditEvent("task_deleted", name(caller), Map.of("task", task));
    }

    public static AuditEvent rateLimitExceeded(@Nullable String tenant) {
        return new AuditEvent("rate_limit_exceeded", name(tenant), Map.of());
    }
}
