package dev.rbees.orchestrator.openai;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.Accepted;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.events.EventSource;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.orchestrator.relay.Relayed;
import dev.rbees.service.Bridge;
import dev.rbees.service.Caller;
import dev.rbees.service.ConnectionLoop;
import dev.rbees.service.CorrelationFilter;
import dev.rbees.service.EventStream;
import dev.rbees.service.SseFrame;
import dev.rbees.service.TraceContext;

/** OpenAI's completions of chats and of plain texts, on the same queue. A client that leaves cancels its task. */
@RestController
final class CompletionsController {

    private final Intake intake;
    private final TaskDirectory directory;
    private final EventRelay relay;
    private final ControlLoop control;
    private final InstantSource clock;

    CompletionsController(Intake intake, TaskDirectory directory, EventRelay relay, ControlLoop control,
            InstantSource clock) {
        this.intake = intake;
        this.directory = directory;
        this.relay = relay;
        this.control = control;
        this.clock = clock;
    }

    @PostMapping(path = "/v1/chat/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> chat(@RequestBody byte[] body, ServerWebExchange exchange) {
        return answer(CompletionRequest.chat(body), ChatReply::new, exchange);
    }

    @PostMapping(path = "/v1/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> text(@RequestBody byte[] body, ServerWebExchange exchange) {
        return answer(CompletionRequest.text(body), TextReply::new, exchange);
    }

    private Mono<Void> answer(CompletionRequest request,
            Function<Completion.Head, Completion> form, ServerWebExchange exchange) {
        Intake.Submission submission = new Intake.Submission(request.task(), Caller.of(exchange).tenant(),
                CorrelationFilter.idOf(exchange),
                TraceContext.of(exchange).header(), "", null, ConnectionLoop.of(exchange.getResponse()));
        return submit(submission, exchange).flatMap(accepted -> {
            Completion completion = form.apply(new Completion.Head(accepted.jobId(), clock.instant().getEpochSecond(),
                    request.task().model()));
            return log(accepted.jobId(), exchange)
                    .flatMap(log -> write(request, completion, log, exchange.getResponse()));
        });
    }

    private Mono<Void> write(CompletionRequest request, Completion completion, EventSource log,
            ServerHttpResponse response) {
        Flux<Relayed> events = relay.read(log, 0, response);
        return request.stream()
                ? EventStream.write(response, events.map(each -> frames(completion, each, request.includeUsage()))
                        .filter(text -> !text.isEmpty()).map(SseFrame::buffer))
                : whole(completion, events, response);
    }

    /** why: nobody will read the answer of a client that has left before its task was accepted. */
    private Mono<Accepted> submit(Intake.Submission submission, ServerWebExchange exchange) {
        return Mono.defer(() -> {
            CompletableFuture<Accepted> accepted = intake.submit(submission);
            return Bridge.answer(exchange, () -> accepted)
                    .doOnCancel(() -> {
                        if (!relay.closed()) {
                            var _ = accepted.thenCompose(task -> control.cancel(task.jobId()));
                        }
                    });
        });
    }

    private Mono<EventSource> log(String jobId, ServerWebExchange exchange) {
        return Bridge.blocking(() -> directory.log(jobId, Caller.of(exchange)));
    }

    private static String frames(Completion completion, Relayed relayed, boolean includeUsage) {
        return switch (relayed) {
            case Relayed.Opened _ -> completion.opening();
            case Relayed.Events(List<LoggedEvent> all) -> all.stream()
                    .map(event -> completion.frames(event.event(), includeUsage)).collect(Collectors.joining());
            case Relayed.Quiet _ -> SseFrame.comment("still here");
            case Relayed.Closing _ -> Completion.failure(ErrorCode.DRAINING,
                    "the orchestrator is shutting down and the answer ends here; ask again when it is back");
        };
    }

    private static Mono<Void> whole(Completion completion, Flux<Relayed> events, ServerHttpResponse response) {
        return events.ofType(Relayed.Events.class).flatMapIterable(Relayed.Events::all).map(LoggedEvent::event).collectList()
                .publishOn(Schedulers.boundedElastic())
                .flatMap(all -> {
                    byte[] json = Json.write(completion.whole(tokens(all), end(all))).getBytes(StandardCharsets.UTF_8);
                    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
                    response.getHeaders().setContentLength(json.length);
                    return response.writeWith(Mono.just(response.bufferFactory().wrap(json)));
                });
    }

    private static List<TaskEvent.Token> tokens(List<TaskEvent> events) {
        return events.stream().filter(TaskEvent.Token.class::isInstance).map(TaskEvent.Token.class::cast).toList();
    }

    private static TaskEvent.End end(List<TaskEvent> events) {
        TaskEvent last = events.isEmpty() ? null : events.getLast();
        return switch (last) {
            case TaskEvent.End end -> end;
            case TaskEvent.Failed failure -> throw new RbeesException(failure.code(), failure.message());
            case null, default -> throw new RbeesException(ErrorCode.DRAINING,
                    "the orchestrator is shutting down; try again when it is back");
        };
    }
}
