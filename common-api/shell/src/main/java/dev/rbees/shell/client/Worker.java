package dev.rbees.shell.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.shell.http.ProgramAnswer;

/** A worker, asked directly: for trying it out, without queue and record. */
public final class Worker {

    /** why: before the first token a long prompt is read, and nothing comes meanwhile. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Endpoint endpoint;

    /**
     * @param base its address without a path
     * @param credentials what it is shown and by what it is trusted
     */
    public Worker(URI base, Credentials credentials) {
        this.endpoint = new Endpoint(List.of(base), credentials, PATIENCE, ErrorCode.WORKER_UNAVAILABLE,
                "is a worker running there? 'rbees-pool worker list' shows those of a machine");
    }

    /** Has the request done and prints the answer as it comes. */
    public void execute(GenerationRequest request, AnswerPrinter printer) {
        try (ProgramAnswer answer = endpoint.openPost("/execute", request.toJson(),
                Map.of("Accept", "text/event-stream"))) {
            answer.events(event -> {
                printer.print(event);
                return !printer.ended();
            });
        } catch (IOException e) {
            if (!printer.ended()) {
                throw endpoint.unreachable("the answer broke off", e);
            }
        }
        if (!printer.ended()) {
            throw endpoint.unreachable("the answer ended in the middle", null);
        }
    }
}
