package dev.rbees.orchestrator.web;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.events.EventSource;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.orchestrator.relay.Relayed;
import dev.rbees.service.Bridge;
import dev.rbees.service.Caller;
import dev.rbees.service.EventStream;
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
    Mono<Void> events(@PathVariable String id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            ServerWebExchange exchange) {
        long after = lastEventId == null || lastEventId.isBlank() ? 0 : sequence(lastEventId.strip());
        return Bridge.blocking(() -> directory.log(id, Caller.of(exchange)))
                .flatMap(log -> answer(log, after, exchange.getResponse()));
    }

    private Mono<Void> answer(EventSource log, long after, ServerHttpResponse response) {
        if (log.complete() && after >= log.last()) {
            response.setStatusCode(HttpStatus.NO_CONTENT);
            return response.setComplete();
        }
        return EventStream.write(response, relay.read(log, after, response).map(EventController::frame)
                .filter(frame -> !frame.isEmpty()).map(SseFrame::buffer));
    }

    private static String frame(Relayed relayed) {
        return switch (relayed) {
            case Relayed.Opened _ -> "";
            case Relayed.Events(List<LoggedEvent> all) -> frames(all);
            case Relayed.Quiet _ -> SseFrame.comment("still here");
            case Relayed.Closing _ -> SseFrame.comment("closing; come back with Last-Event-ID");
        };
    }

    private static String frames(List<LoggedEvent> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(SseFrame.of(event.sequence(), event.type(), event.data())));
        return text.toString();
    }

    private static long sequence(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw RbeesException.invalid("Last-Event-ID", "integer", "the header Last-Event-ID must be the id of an event");
        }
        return Long.parseLong(text);
    }
}
