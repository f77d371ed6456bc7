package dev.rbees.orchestrator.web;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Accepted;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.task.TaskView;
import dev.rbees.home.Sha256;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.relay.EndedLogs;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.service.Bridge;
import dev.rbees.service.Caller;
import dev.rbees.service.ConnectionLoop;
import dev.rbees.service.CorrelationFilter;
import dev.rbees.service.TraceContext;

/** Tasks: hand in, look at, cancel. */
@RestController
final class TaskController {

    private static final String BUDGET_HEADER = "X-Budget-Tokens-Remaining";
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final Intake intake;
    private final TaskDirectory directory;
    private final ControlLoop control;
    private final Sessions sessions;
    private final AuditLog audit;
    private final EndedLogs ended;

    TaskController(Intake intake, TaskDirectory directory, ControlLoop control, Sessions sessions, AuditLog audit,
            EndedLogs ended) {
        this.intake = intake;
        this.directory = directory;
        this.control = control;
        this.sessions = sessions;
        this.audit = audit;
        this.ended = ended;
    }

    /** Answers when the task is durable. */
    @PostMapping(path = "/v2/tasks", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Accepted>> submit(@RequestBody byte[] body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key, ServerWebExchange exchange) {
        if (key != null && !key.matches("[\\x21-\\x7e]{1,255}")) {
            throw RbeesException.invalid("Idempotency-Key", "printable(1..=255)",
                    "the header Idempotency-Key must be 1 to 255 printable characters without spaces");
        }
        Caller caller = Caller.of(exchange);
        TaskSubmission task = TaskSubmission.read(body);
        Intake.Submission submission = new Intake.Submission(task, caller.tenant(), CorrelationFilter.idOf(exchange),
                TraceContext.of(exchange).header(), Sha256.of(body), key, ConnectionLoop.of(exchange.getResponse()));
        return Bridge.answer(exchange, () -> intake.submit(submission)).map(accepted -> {
            ResponseEntity.BodyBuilder answer = ResponseEntity.accepted();
            sessions.remaining(caller.tenant(), task.sessionId())
                    .ifPresent(tokens -> answer.header(BUDGET_HEADER, String.valueOf(tokens)));
            return answer.body(accepted);
        });
    }

    @GetMapping("/v2/tasks/{id}")
    Mono<TaskView> show(@PathVariable String id, ServerWebExchange exchange) {
        return Bridge.blocking(() -> directory.view(id, Caller.of(exchange)));
    }

    /** The newest first. */
    @GetMapping("/v2/tasks")
    Mono<List<TaskView>> list(@RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable String limit, ServerWebExchange exchange) {
        TaskState state = status == null ? null : state(status);
        int most = limit == null ? DEFAULT_LIMIT : limit(limit);
        return Bridge.blocking(() -> directory.list(state, Caller.of(exchange), most));
    }

    private static TaskState state(String name) {
        for (TaskState state : TaskState.values()) {
            if (state.name().equals(name.toUpperCase(Locale.ROOT))) {
                return state;
            }
        }
        throw RbeesException.invalid("status", "one_of", "status must be one of " + List.of(TaskState.values()));
    }

    private static int limit(String text) {
        if (text.matches("\\d{1,4}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= MAX_LIMIT) {
            return Integer.parseInt(text);
        }
        throw RbeesException.invalid("limit", "range(1..=1000)", "limit must be a number from 1 to " + MAX_LIMIT);
    }

    /** Why it is where it is: who could have it, by what it was chosen, what it waits for. */
    @GetMapping("/v2/tasks/{id}/explain")
    Mono<TaskExplanation> explain(@PathVariable String id, ServerWebExchange exchange) {
        return Bridge.blocking(() -> directory.require(id, Caller.of(exchange)))
                .then(Bridge.answer(exchange, () -> control.explain(id)))
                .flatMap(live -> live.map(Mono::just).orElseGet(() -> Bridge.blocking(() -> directory.explanation(id))));
    }

    /** Cancels a task, which is then kept as others are (202); one that has ended is removed for good (204). */
    @DeleteMapping("/v2/tasks/{id}")
    Mono<ResponseEntity<TaskView>> delete(@PathVariable String id, ServerWebExchange exchange) {
        return cancel(id, exchange).flatMap(answer -> answer.getStatusCode().equals(HttpStatus.OK)
                ? remove(id, exchange)
                : Mono.just(answer));
    }

    private Mono<ResponseEntity<TaskView>> remove(String id, ServerWebExchange exchange) {
        return Bridge.answer(exchange, () -> directory.delete(id)).map(removed -> {
            ended.forget(id);
            if (!removed) {
                throw new RbeesException(ErrorCode.TASK_NOT_FOUND, "the task was removed by somebody else meanwhile");
            }
            audit.write(() -> AuditEvent.taskDeleted(Caller.of(exchange), id));
            return ResponseEntity.noContent().build();
        });
    }

    /** 202 when it was cancelled by this, 200 when it had ended already. */
    @PostMapping("/v2/tasks/{id}/cancel")
    Mono<ResponseEntity<TaskView>> cancel(@PathVariable String id, ServerWebExchange exchange) {
        Caller caller = Caller.of(exchange);
        return Bridge.blocking(() -> directory.require(id, caller))
                .then(Bridge.answer(exchange, () -> control.cancel(id)))
                .doOnNext(changed -> {
                    if (changed) {
                        audit.write(() -> AuditEvent.taskCanceled(caller, id));
                    }
                })
                .flatMap(changed -> Bridge.blocking(() -> directory.view(id, caller)).map(view -> ResponseEntity
                        .status(changed ? HttpStatus.ACCEPTED : HttpStatus.OK).body(view)));
    }
}
