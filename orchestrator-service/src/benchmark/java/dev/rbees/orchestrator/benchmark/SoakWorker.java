package dev.rbees.orchestrator.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.api.worker.WorkerAccepted;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerSecret;
import dev.rbees.api.worker.WorkerStatus;

/** A worker that makes short answers at a steady pace, and can die and come back. */
final class SoakWorker implements AutoCloseable {

    static final String MODEL = "soak";
    static final int SLOTS = 16;

    private static final int TOKENS = 12;
    private static final Duration PACE = Duration.ofMillis(8);

    private final String id;
    /** Of this life: answers of an earlier one end later. */
    private volatile AtomicInteger running = new AtomicInteger();
    private volatile @Nullable WorkerSecret secret;
    private volatile DisposableServer server;

    SoakWorker(String id) {
        this.id = id;
        this.server = open();
    }

    private DisposableServer open() {
        return HttpServer.create().host("127.0.0.1").port(0)
                .route(routes -> routes.post("/execute", this::execute)).bindNow();
    }

    String id() {
        return id;
    }

    String registration() {
        return Json.write(
                new WorkerRegistration(id, "127.0.0.1", server.port(), Backend.CPU, MODEL, "a".repeat(64), 4096, SLOTS,
                        SLOTS, "n"));
    }

    String heartbeat() {
        return Json.write(new WorkerHeartbeat(WorkerStatus.READY, Math.max(0, SLOTS - running.get()), null, secret));
    }

    /** Its connections break; it is back at another port. */
    void dieAndComeBack() {
        server.disposeNow();
        running = new AtomicInteger();
        server = open();
        secret = null;
    }

    boolean registered() {
        return secret != null;
    }

    void accepted(String answer) {
        secret = Json.read(answer.getBytes(StandardCharsets.UTF_8), WorkerAccepted.class).secret();
    }

    void heard(boolean known) {
        if (!known) {
            secret = null;
        }
    }

    private Publisher<Void> execute(HttpServerRequest request, HttpServerResponse response) {
        AtomicInteger life = running;
        return request.receive().aggregate().asByteArray()
                .flatMap(body -> response.sse().send(events(GenerationRequest.read(body)), _ -> true).then())
                .doOnSubscribe(_ -> life.incrementAndGet()).doFinally(_ -> life.decrementAndGet());
    }

    private static Flux<ByteBuf> events(GenerationRequest request) {
        int first = request.resumed().size();
        Seed seed = request.sampling().seed();
        Flux<ByteBuf> tokens = Flux.interval(PACE).onBackpressureDrop().take(Math.max(0, TOKENS - first)).index()
                .map(numbered -> frame(new TaskEvent.Token("x", first + numbered.getT1().intValue(), 100)));
        return Flux.concat(Mono.just(frame(new TaskEvent.Started(request.jobId(), MODEL, Instant.now(),
                seed == null ? new Seed(1) : seed, null, null))), tokens,
                Mono.fromSupplier(() -> frame(new TaskEvent.End(2, 0, TOKENS, 100, StopReason.EOS, null))));
    }

    private static ByteBuf frame(TaskEvent event) {
        return Unpooled.wrappedBuffer(
                ("event: " + event.type() + "\ndata: " + event.toJson() + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
