package dev.rbees.pool.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.worker.WorkerHealth;

/** Asks a worker of this machine how it is. */
final class HealthProbe {

    private static final int LARGEST_ANSWER = 64 * 1024;

    private final Duration patience;

    HealthProbe(Duration patience) {
        this.patience = patience;
    }

    /** What the worker says; empty when it does not answer in time, or somebody else answers on its port. */
    Optional<WorkerHealth> ask(WorkerRecord worker) {
        try {
            // why: URLConnection starts much faster than the other clients, and the answer is short
            HttpURLConnection connection = (HttpURLConnection) URI.create(worker.endpoint() + "/health").toURL()
                    .openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout((int) patience.toMillis());
            connection.setReadTimeout((int) patience.toMillis());
            connection.setInstanceFollowRedirects(false);
            boolean refused = connection.getResponseCode() >= 400;
            try (InputStream body = refused ? connection.getErrorStream() : connection.getInputStream()) {
                if (body == null) {
                    return Optional.empty();
                }
                String text = new String(body.readNBytes(LARGEST_ANSWER), StandardCharsets.UTF_8);
                return Optional.of(Json.read(text, WorkerHealth.class)).filter(health -> isFrom(worker, health));
            } finally {
                connection.disconnect();
            }
        } catch (IOException | RbeesException _) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("NullAway") // why: what another process sent may lack anything
    private static boolean isFrom(WorkerRecord worker, WorkerHealth health) {
        return worker.workerId().equals(health.workerId()) && health.status() != null;
    }
}
