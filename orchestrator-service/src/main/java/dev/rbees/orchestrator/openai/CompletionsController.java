package dev.rbees.orchestrator.openai;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
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
import dev.rbees.api.task.TaskEvent;
import dev.rbees.orchestrator.control.Accepted;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.service.Bridge;
import dev.rbees.service.Caller;
import dev.rbees.service.CorrelationFilter;
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
    Mono<ResponseEntity<Flux<DataBuffer>>> chat(@RequestBody byte[] body, ServerWebExchange exchange) {
        return answer(CompletionRequest.chat(body), ChatReply::new, exchange);
    }

    @PostMapping(path = "/v1/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Flux<DataBuffer>>> text(@RequestBody byte[] body, ServerWebExchange exchange) {
        return answer(CompletionRequest.text(body), TextReply::new, exchange);
    }

    private Mono<ResponseEntity<Flux<DataBuffer>>> answer(CompletionRequest request,
            Function<Completion.Head, Completion> form, ServerWebExchange exchange) {
        Intake.Submission submission = new Intake.Submission(request.task(), Caller.of(exchange).tenant(),
                CorrelationFilter.idOf(exchange),
                TraceContext.of(exchange).header(), "", null);
        return submit(submission, exchange).flatMap(accepted -> {
            Completion completion = form.apply(new Completion.Head(accepted.jobId(), clock.instant().getEpochSecond(),
                    request.task().model()));
            Flux<List<LoggedEvent>> events = events(accepted.jobId(), exchange);
            return request.stream()
                    ? Mono.just(stream(completion, events, request.includeUsage()))
                    : whole(completion, events);
        });
    }

    /** why: nobody will read the answer of a client that has left before its task was accepted. */
    private Mono<Accepted> submit(Intake.Submission submission, ServerWebExchange exchange) {
        return Mono.defer(() -> {
            CompletableFuture<Accepted> accepted = intake.submit(submission);
            return Bridge.answer(exchange, () -> accepted)
                    .doOnCancel(() -> {
                        var _ = accepted.thenCompose(task -> control.cancel(task.jobId()));
                    });
        });
    }

    private Flux<List<LoggedEvent>> events(String jobId, ServerWebExchange exchange) {
        return Bridge.blocking(() -> directory.log(jobId, Caller.of(exchange)))
                .flatMapMany(log -> relay.read(log, 0, exchange.getResponse()));
    }

    private static ResponseEntity<Flux<DataBuffer>> stream(Completion completion, Flux<List<LoggedEvent>> events,
            boolean includeUsage) {
        Flux<DataBuffer> frames = events.map(several -> frames(completion, several, includeUsage))
                .startWith(completion.opening())
                .filter(text -> !text.isEmpty()).map(SseFrame::buffer);
        return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).cacheControl(CacheControl.noCache())
                .header("X-Accel-Buffering", "no").body(frames);
    }

    private static String frames(Completion completion, List<LoggedEvent> events, boolean includeUsage) {
        if (events.isEmpty()) {
            return SseFrame.comment("still here");
        }
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(completion.frames(event.event(), includeUsage)));
        return text.toString();
    }

    private static Mono<ResponseEntity<Flux<DataBuffer>>> whole(Completion completion, Flux<List<LoggedEvent>> events) {
        return events.flatMapIterable(several -> several).map(LoggedEvent::event).collectList()
                .publishOn(Schedulers.boundedElastic()).map(all -> Json.write(completion.whole(tokens(all), end(all))))
                .map(json -> ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON)
                        .body(Flux.just(SseFrame.buffer(json))));
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
