package dev.rbees.orchestrator.openai;

import java.time.InstantSource;
import java.util.List;

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
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.service.CorrelationFilter;
import dev.rbees.service.SseFrame;

/** OpenAI's chat completions on the same queue. A client that leaves cancels its task. */
@RestController
final class ChatController {

    private final Intake intake;
    private final TaskDirectory directory;
    private final EventRelay relay;
    private final InstantSource clock;

    ChatController(Intake intake, TaskDirectory directory, EventRelay relay, InstantSource clock) {
        this.intake = intake;
        this.directory = directory;
        this.relay = relay;
        this.clock = clock;
    }

    @PostMapping(path = "/v1/chat/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Flux<DataBuffer>>> chat(@RequestBody byte[] body, ServerWebExchange exchange) {
        ChatRequest request = ChatRequest.read(body);
        Intake.Submission submission = new Intake.Submission(request.task(), CorrelationFilter.idOf(exchange), "", null);
        return Mono.defer(() -> Mono.fromFuture(intake.submit(submission), true)).flatMap(accepted -> {
            ChatHead head = ChatHead.of(accepted.jobId(), clock.instant().getEpochSecond(), request.task().model());
            Flux<List<LoggedEvent>> events = events(accepted.jobId());
            return request.stream() ? Mono.just(stream(head, events, request.includeUsage())) : whole(head, events);
        });
    }

    private Flux<List<LoggedEvent>> events(String jobId) {
        return Mono.fromCallable(() -> directory.log(jobId)).subscribeOn(Schedulers.boundedElastic())
                .flatMapMany(log -> relay.read(log, 0));
    }

    private static ResponseEntity<Flux<DataBuffer>> stream(ChatHead head, Flux<List<LoggedEvent>> events,
            boolean includeUsage) {
        Flux<DataBuffer> frames = events.map(several -> frames(head, several, includeUsage)).filter(text -> !text.isEmpty())
                .startWith(head.opening()).map(SseFrame::buffer);
        return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).cacheControl(CacheControl.noCache())
                .header("X-Accel-Buffering", "no").body(frames);
    }

    private static String frames(ChatHead head, List<LoggedEvent> events, boolean includeUsage) {
        if (events.isEmpty()) {
            return SseFrame.comment("still here");
        }
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(head.frames(event.event(), includeUsage)));
        return text.toString();
    }

    private static Mono<ResponseEntity<Flux<DataBuffer>>> whole(ChatHead head, Flux<List<LoggedEvent>> events) {
        return events.flatMapIterable(several -> several).map(LoggedEvent::event).collectList()
                .map(all -> Json.write(head.completion(text(all), ChatReply.Likelihoods.of(all), end(all))))
                .map(json -> ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON)
                        .body(Flux.just(SseFrame.buffer(json))));
    }

    private static String text(List<TaskEvent> events) {
        StringBuilder text = new StringBuilder();
        for (TaskEvent event : events) {
            if (event instanceof TaskEvent.Token token) {
                text.append(token.t());
            }
        }
        return text.toString();
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
