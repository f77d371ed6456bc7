package dev.rbees.orchestrator.web;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.service.Bridge;
import dev.rbees.service.Caller;
import dev.rbees.service.SseFrame;

/** The events of a task as a stream that can be left and taken up again. */
@RestController
final class EventController {

    private final TaskDirectory directory;
    private final EventRelay relay;

    EventController(TaskDirectory directory, EventRelay relay) {
        this.directory = directory;
        this.relay = relay;
    }

    /** All events after the one in {@code Last-Event-ID}; 204 when that was the last of a task that has ended. */
    @GetMapping("/v2/tasks/{id}/events")
    Mono<ResponseEntity<Flux<DataBuffer>>> events(@PathVariable String id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            ServerWebExchange exchange) {
        long after = lastEventId == null || lastEventId.isBlank() ? 0 : sequence(lastEventId.strip());
        return Bridge.blocking(() -> directory.log(id, Caller.of(exchange)))
                .map(log -> answer(log, after, exchange.getResponse()));
    }

    private ResponseEntity<Flux<DataBuffer>> answer(TaskLog log, long after, ServerHttpResponse response) {
        if (log.complete() && after >= log.last()) {
            return ResponseEntity.noContent().build();
        }
        return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).cacheControl(CacheControl.noCache())
                .header("X-Accel-Buffering", "no").body(frames(log, after, response));
    }

    private Flux<DataBuffer> frames(TaskLog log, long after, ServerHttpResponse response) {
        return relay.read(log, after, response).map(EventController::frame)
                .concatWith(Flux.defer(() -> relay.closed() && !log.complete()
                        ? Flux.just(SseFrame.buffer(SseFrame.comment("closing; come back with Last-Event-ID")))
                        : Flux.empty()));
    }

    private static DataBuffer frame(List<LoggedEvent> events) {
        if (events.isEmpty()) {
            return SseFrame.buffer(SseFrame.comment("still here"));
        }
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(SseFrame.of(event.sequence(), event.type(), event.data())));
        return SseFrame.buffer(text.toString());
    }

    private static long sequence(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw RbeesException.invalid("Last-Event-ID", "integer", "the header Last-Event-ID must be the id of an event");
        }
        return Long.parseLong(text);
    }
}
