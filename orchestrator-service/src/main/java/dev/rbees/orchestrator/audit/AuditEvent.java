package dev.rbees.orchestrator.audit;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.TaskSubmission;
import dev.rbees.home.Sha256;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.service.Caller;

/**
 * Something that somebody may have to account for later. It names neither prompts nor tokens.
 *
 * @param eventType what happened
 * @param actor who did it: {@code operator}, {@code worker}, or {@code tenant:} and its name
 * @param details what it was done to
 */
public record AuditEvent(String eventType, String actor, Map<String, Object> details) {

    private static final int LONGEST = 1_024;

    public AuditEvent {
        Map<String, Object> checked = new TreeMap<>(); // why: an order, because a hash is made of it
        details.forEach((name, value) -> checked.put(name, value instanceof String text ? brief(text) : value));
        details = Collections.unmodifiableMap(checked);
    }

    private static String brief(String text) {
        return text.substring(0, Math.min(text.length(), LONGEST)).replaceAll("\\p{Cntrl}", " ");
    }

    private static String name(@Nullable String tenant) {
        return tenant == null ? "operator" : "tenant:" + tenant;
    }

    private static String name(Caller caller) {
        return caller.role() == Caller.Role.WORKER ? "worker" : name(caller.tenant());
    }

    /** Somebody showed a token that nobody has. */
    public static AuditEvent authFailure(String address) {
        return new AuditEvent("auth_failure", "unknown", Map.of("ip", address));
    }

    /** Somebody asked for what its token does not open. */
    public static AuditEvent authorizationDenied(Caller caller, String method) {
        return new AuditEvent("authorization_denied", name(caller), Map.of("method", method));
    }

    public static AuditEvent tokenCreated(String tenant) {
        return new AuditEvent("token_created", "operator", Map.of("tenant", tenant));
    }

    public static AuditEvent tokenRevoked(String tenant) {
        return new AuditEvent("token_revoked", "operator", Map.of("tenant", tenant));
    }

    public static AuditEvent nodeRegistered(Caller caller, String worker, String host) {
        return new AuditEvent("node_registered", name(caller), Map.of("worker", worker, "host", host));
    }

    public static AuditEvent nodeDeregistered(Caller caller, String worker) {
        return new AuditEvent("node_deregistered", name(caller), Map.of("worker", worker));
    }

    /** Of the prompt only its length and its SHA-256. */
    public static AuditEvent taskSubmitted(Task task, TaskSubmission wanted) {
        String prompt = String.join("\n", wanted.prompt().texts());
        Integer maxTokens = wanted.sampling().maxTokens();
        return new AuditEvent("task_submitted", name(task.tenant()), Map.of("task", task.id(), "model_ref", task.model(),
                "prompt_hash", Sha256.of(prompt.getBytes(StandardCharsets.UTF_8)), "prompt_length", prompt.length(),
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
