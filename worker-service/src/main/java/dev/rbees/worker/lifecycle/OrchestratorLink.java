package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.cli.Printable;
import dev.rbees.worker.generation.Workload;

/**
 * Tells the orchestrator that this worker is there: registers, then sends a heartbeat every five seconds, and registers
 * again when the orchestrator has forgotten it. An orchestrator that is away never stops a worker.
 */
final class OrchestratorLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OrchestratorLink.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);
    private static final long LARGEST_ANSWER = 64 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final WorkerSettings settings;
    private final WorkerState state;
    private final String base;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    /** Why the last request was refused, if it was. */
    private volatile Optional<String> refusal = Optional.empty();

    OrchestratorLink(WorkerSettings settings, WorkerState state, String orchestratorUrl) {
        this.settings = settings;
        this.state = state;
        this.base = orchestratorUrl + "/v2/workers/";
        this.thread = Thread.ofPlatform().name("orchestrator-link").daemon().unstarted(this::run);
    }

    /** Registers, and goes on for as long as it is open, on a thread of its own. */
    void start() {
        thread.start();
    }

    private void run() {
        Duration pause = Duration.ZERO;
        Duration retry = FIRST_RETRY;
        boolean registered = false;
        boolean warned = false;
        try {
            while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                boolean known = registered ? heartbeat() : register();
                if (known && !registered) {
                    LOG.info("registered with the orchestrator as {}", settings.workerId());
                } else if (!known && !warned) {
                    LOG.warn("{}; trying again until it takes this worker",
                            refusal.map(why -> "the orchestrator refuses: " + why)
                                    .orElse("the orchestrator does not answer"));
                }
                warned = !known;
                registered = known;
                retry = known ? FIRST_RETRY : min(retry.multipliedBy(2), LAST_RETRY);
                pause = known ? HEARTBEAT : retry;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private boolean register() throws InterruptedException {
        return state.model().isPresent() && send("POST", "register", Json.write(registration(state.model().get())));
    }

    private WorkerRegistration registration(WorkerState.Loaded model) {
        Workload workload = model.workload();
        return new WorkerRegistration(settings.workerId(), advertised(), settings.port(), settings.backend(),
                settings.modelId(),
                model.modelDigest(), workload.contextLength(), workload.slotsTotal(), workload.slotsFree(),
                model.fingerprint());
    }

    /** Where the orchestrator reaches this worker. */
    private String advertised() {
        return settings.advertiseHost().orElseGet(() -> {
            try {
                InetAddress bound = InetAddress.getByName(settings.bind());
                return bound.isAnyLocalAddress() ? localAddress() : bound.getHostAddress();
            } catch (IOException e) {
                LOG.debug("no way to the orchestrator yet: {}", e.toString());
                return settings.bind();
            }
        });
    }

    /** why: connecting a datagram socket sends nothing, and chooses the address that packets there would come from. */
    private String localAddress() throws IOException {
        URI orchestrator = URI.create(base);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.getByName(orchestrator.getHost()), Math.max(1, orchestrator.getPort()));
            return socket.getLocalAddress().getHostAddress();
        }
    }

    /** Whether the orchestrator still knows this worker. */
    private boolean heartbeat() throws InterruptedException {
        int free = state.model().map(model -> model.workload().slotsFree()).orElse(0);
        return send("POST", settings.workerId() + "/heartbeat",
                Json.write(new WorkerHeartbeat(state.status(), free, MachineMemory.available())));
    }

    /** Whether the answer is a success. */
    private boolean send(String method, String path, String body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT)
                .header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body));
        settings.token().ifPresent(token -> request.header("Authorization", token.header()));
        try {
            HttpResponse<String> answer = http.send(request.build(),
                    BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST_ANSWER));
            LOG.debug("{} {}: {}", method, path, answer.statusCode());
            refusal = answer.statusCode() / 100 == 4 ? Optional.of(reason(answer.body())) : Optional.empty();
            return answer.statusCode() / 100 == 2;
        } catch (IOException e) {
            LOG.debug("{} {}: {}", method, path, e.toString());
            refusal = Optional.empty();
            return false;
        }
    }

    private static String reason(String body) {
        try {
            return Printable.text(Json.readTree(body.getBytes(StandardCharsets.UTF_8)).at("/error/message").asString(""));
        } catch (RbeesException e) {
            return "it does not say why";
        }
    }

    /** Says at once what the state is now. */
    void tellDraining() {
        try {
            heartbeat();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Deregisters. */
    @Override
    public void close() {
        closing.countDown();
        try {
            send("DELETE", settings.workerId(), "{}");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
    }
}
