package dev.rbees.ctl.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.json.Json;
import dev.rbees.api.sse.SseEvent;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.shell.client.Addresses;
import dev.rbees.shell.client.Credentials;
import dev.rbees.shell.client.Endpoint;
import dev.rbees.shell.http.ProgramAnswer;

/** A worker whose streams are looked at event by event. */
public final class WorkerProbe {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int MOST_EVENTS = 10_000;

    private final Endpoint endpoint;

    /** @param base its address without a path */
    public WorkerProbe(String base, Credentials credentials) {
        this.endpoint = new Endpoint(Addresses.webs(base, "the worker's address"), credentials, PATIENCE,
                ErrorCode.WORKER_UNAVAILABLE, "its log may say why");
    }

    /** How it is. */
    public WorkerHealth health() {
        return Json.read(endpoint.get("/health"), WorkerHealth.class);
    }

    /**
     * Has a request done.
     *
     * @return every event until the stream ended, at most 10 000
     * @throws dev.rbees.api.error.RbeesException WORKER_UNAVAILABLE when the stream broke off, and what the worker refuses
     */
    public List<SseEvent> events(GenerationRequest request) {
        List<SseEvent> events = new ArrayList<>();
        try (ProgramAnswer answer = endpoint.openPost("/execute", request.toJson(), Map.of("Accept", "text/event-stream"))) {
            answer.events(event -> {
                events.add(event);
                return events.size() < MOST_EVENTS;
            });
            return events;
        } catch (IOException e) {
            throw endpoint.unreachable("the stream broke off after " + events.size() + " events", e);
        }
    }
}
