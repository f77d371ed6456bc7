package dev.rbees.orchestrator.web;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.rbees.api.session.SessionRequest;
import dev.rbees.api.session.SessionView;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.service.Bridge;
import dev.rbees.service.Caller;

/** What the tasks of a session may take together. */
@RestController
final class SessionController {

    private final Sessions sessions;

    SessionController(Sessions sessions) {
        this.sessions = sessions;
    }

    @PostMapping(path = "/v2/sessions", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    SessionView create(@RequestBody byte[] body, ServerWebExchange exchange) {
        return sessions.create(Caller.of(exchange).tenant(), SessionRequest.read(body));
    }

    @GetMapping("/v2/sessions/{id}")
    Mono<SessionView> show(@PathVariable String id, ServerWebExchange exchange) {
        return Bridge.blocking(() -> sessions.show(Caller.of(exchange).tenant(), id));
    }

    @DeleteMapping("/v2/sessions/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> delete(@PathVariable String id, ServerWebExchange exchange) {
        return Bridge.blocking(() -> sessions.delete(Caller.of(exchange).tenant(), id));
    }
}
