package dev.rbees.pool.process;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.shell.http.ProgramAnswer;
import dev.rbees.shell.http.ProgramClient;

/** Asks a worker of this machine how it is. */
final class HealthProbe {

    private static final int LARGEST_ANSWER = 64 * 1024;

    private final Duration patience;

    HealthProbe(Duration patience) {
        this.patience = patience;
    }

    /** What the worker says; empty when it does not answer in time, or somebody else answers on its port. */
    Optional<WorkerHealth> ask(WorkerRecord worker) {
        ProgramClient client = new ProgramClient(URI.create(worker.endpoint()), Optional.empty(), patience, patience);
        try (ProgramAnswer answer = client.get("/health", Map.of())) {
            return Optional.of(Json.read(answer.text(LARGEST_ANSWER), WorkerHealth.class))
                    .filter(health -> isFrom(worker, health));
        } catch (IOException | RbeesException _) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("NullAway") // why: what another process sent may lack anything
    private static boolean isFrom(WorkerRecord worker, WorkerHealth health) {
        return worker.workerId().equals(health.workerId()) && health.status() != null;
    }
}
