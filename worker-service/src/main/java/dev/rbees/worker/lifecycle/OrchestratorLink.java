package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.worker.RegistrationView;
import dev.rbees.api.worker.RegistrationView.State;
import dev.rbees.api.worker.WorkerAccepted;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerSecret;
import dev.rbees.cli.Printable;
import dev.rbees.hardware.CudaCard;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;
import dev.rbees.worker.generation.Workload;

/**
 * Tells the orchestrator that this worker is there: registers, then sends a heartbeat every five seconds, and registers
 * again when the orchestrator has forgotten it. Of several orchestrators any will do. An orchestrator that is away never
 * stops a worker.
 *
 * <p>
 * A registration gives a secret, which every later word carries and which stays for the life of this process. When the id belongs to
 * another worker, one that was drawn here is drawn anew; one that somebody chose is asked for again and again, until the other
 * worker is gone.
 */
final class OrchestratorLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OrchestratorLink.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);
    private static final String PATH = "/v2/workers/";
    private static final int CONFLICT = 409;

    private final WorkerSettings settings;
    private final WorkerState state;
    private final Orchestrators orchestrators;
    private final DeviceMemory memory;
    private final OwnerThread thread;
    private volatile String id;
    private volatile Optional<WorkerSecret> secret = Optional.empty();
    /** Why the last request was refused, if it was. */
    private volatile Optional<String> refusal = Optional.empty();

    OrchestratorLink(WorkerSettings settings, WorkerState state, Liveness liveness) {
        this.settings = settings;
        this.id = settings.workerId();
        this.state = state;
        this.orchestrators = new Orchestrators(settings.orchestrators(), settings.token(), settings.trust());
        this.memory = DeviceMemory.of(settings.backend(), new CudaCard(settings.gpuDevice(), System.getenv()));
        this.thread = new OwnerThread("orchestrator-link", liveness, this::run);
        state.registration(new RegistrationView(orchestrators.current().toString(), State.PENDING, null));
    }

    /** Registers, and goes on for as long as it is open, on a thread of its own. */
    void start() {
        thread.start();
    }

    private void run() throws InterruptedException {
        Duration pause = Duration.ZERO;
        Duration retry = FIRST_RETRY;
        boolean registered = false;
        boolean warned = false;
        while (!thread.closesWithin(pause)) {
            boolean known = registered ? heartbeat() : register();
            if (!known && registered && refusal.isPresent()) {
                registered = false;
                known = register();
            }
            if (known && !registered) {
                LOG.info("registered with the orchestrator {} as {}", orchestrators.current(), id);
            } else if (!known && !warned) {
                LOG.warn("the orchestrator {}; trying again until it takes this worker",
                        refusal.map(why -> "refuses: " + why)
                                .orElseGet(() -> "does not answer: " + orchestrators.trouble()));
            }
            state.registration(view(known));
            warned = !known;
            // why: who does not answer may know this worker still
            registered |= known;
            pause = known ? HEARTBEAT : retry;
            retry = known ? FIRST_RETRY : min(retry.multipliedBy(2), LAST_RETRY);
        }
    }

    private RegistrationView view(boolean known) {
        String orchestrator = orchestrators.current().toString();
        return known
                ? new RegistrationView(orchestrator, State.REGISTERED, null)
                : refusal.map(why -> new RegistrationView(orchestrator, State.REFUSED, why))
                        .orElseGet(() -> new RegistrationView(orchestrator, State.UNREACHABLE, orchestrators.trouble()));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Whether the orchestrator knows this worker from now on. */
    private boolean register() throws InterruptedException {
        Optional<WorkerState.Loaded> model = state.model();
        if (model.isEmpty()) {
            return false;
        }
        Optional<Orchestrators.Answer> answer = send("POST", "register", Map.of(),
                base -> Json.write(registration(model.get(), base)));
        answer.filter(Orchestrators.Answer::done).flatMap(OrchestratorLink::secretOf)
                .ifPresent(given -> secret = Optional.of(given));
        if (settings.drawnId() && answer.filter(said -> said.status() == CONFLICT).isPresent()) {
            String other = settings.drawAnotherId();
            LOG.info("the id {} belongs to another worker; this one is called {} from now on", id, other);
            id = other;
            secret = Optional.empty();
            state.renamed(other);
        }
        return answer.filter(Orchestrators.Answer::done).isPresent();
    }

    /** Empty from an orchestrator that knows of no secrets. */
    private static Optional<WorkerSecret> secretOf(Orchestrators.Answer answer) {
        try {
            return Optional.ofNullable(Json.read(answer.body(), WorkerAccepted.class).secret());
        } catch (RbeesException e) {
            LOG.debug("the answer to the registration has no secret: {}", e.code());
            return Optional.empty();
        }
    }

    private WorkerRegistration registration(WorkerState.Loaded model, URI orchestrator) {
        Workload workload = model.workload();
        return new WorkerRegistration(id, advertised(orchestrator), settings.port(), settings.backend(),
                settings.modelId(),
                model.modelDigest(), workload.contextLength(), workload.slotsTotal(), workload.slotsFree(),
                model.fingerprint(), model.capabilities(), workload.vocabularySize(), secret.orElse(null));
    }

    /** Where that orchestrator reaches this worker. */
    private String advertised(URI orchestrator) {
        return settings.advertiseHost().orElseGet(() -> {
            try {
                InetAddress bound = InetAddress.getByName(settings.bind());
                return bound.isAnyLocalAddress() ? localAddress(orchestrator) : bound.getHostAddress();
            } catch (IOException e) {
                LOG.debug("no way to the orchestrator yet: {}", e.toString());
                return settings.bind();
            }
        });
    }

    /** why: connecting a datagram socket sends nothing, and chooses the address that packets there would come from. */
    private static String localAddress(URI orchestrator) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(orchestrator.getHost()),
                    Math.max(1, orchestrator.getPort())));
            return socket.getLocalAddress().getHostAddress();
        }
    }

    /** Whether the orchestrator still knows this worker. */
    private boolean heartbeat() throws InterruptedException {
        int free = state.model().map(model -> model.workload().slotsFree()).orElse(0);
        String body = Json.write(new WorkerHeartbeat(state.status(), free, memory.freeBytes(), secret.orElse(null)));
        return send("POST", id + "/heartbeat", Map.of(), _ -> body).filter(Orchestrators.Answer::done).isPresent();
    }

    /** What the first of them that is there answers. */
    private Optional<Orchestrators.Answer> send(String method, String path, Map<String, String> headers,
            Function<URI, String> body) throws InterruptedException {
        Optional<Orchestrators.Answer> answer = orchestrators.send(method, PATH + path, headers, body);
        refusal = answer.filter(said -> said.status() / 100 == 4).map(said -> reason(said.body()));
        return answer;
    }

    private static String reason(String body) {
        String silent = "it does not say why";
        try {
            String said = Json.readTree(body.getBytes(StandardCharsets.UTF_8)).at("/error/message").asString("");
            return said.isBlank() ? silent : Printable.text(said);
        } catch (RbeesException e) {
            return silent;
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
        thread.interrupt();
        try {
            send("DELETE", id, secret.map(shown -> Map.of(WorkerSecret.HEADER, shown.text())).orElse(Map.of()),
                    _ -> "{}");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        orchestrators.close();
    }
}
