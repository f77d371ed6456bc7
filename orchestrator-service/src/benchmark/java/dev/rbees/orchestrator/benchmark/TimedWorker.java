package dev.rbees.orchestrator.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
import dev.rbees.api.worker.WorkerRegistration;

/**
 * Workers that say a token at fixed intervals, with the time at which they said it, until they are told to end. Each has a port
 * of its own.
 */
final class TimedWorker implements AutoCloseable {

    static final String MODEL = "timed";
    static final int SLOTS = 500;
    /** Stands before and after the time, which is that of {@link System#nanoTime()}. */
    static final byte MARK = '@';

    private static final int CONTEXT = 1 << 24;

    private final List<DisposableServer> servers = new ArrayList<>();
    private volatile Duration interval = Duration.ofSeconds(1);
    private volatile boolean ending;

    TimedWorker(int count) {
        for (int i = 0; i < count; i++) {
            servers.add(HttpServer.create().host("127.0.0.1").port(0)
                    .route(routes -> routes.post("/execute", this::execute).post("/tokenize", TimedWorker::tokenize))
                    .bindNow());
        }
    }

    int port() {
        return servers.getFirst().port();
    }

    /** The bodies with which they register. */
    List<String> registrations() {
        return servers.stream().map(server -> Json.write(new WorkerRegistration("timed-" + server.port(), "127.0.0.1",
                server.port(), Backend.CPU, MODEL, "a".repeat(64), CONTEXT, SLOTS, SLOTS, "n"))).toList();
    }

    /** What comes from now on says a token in these intervals. */
    void begin(Duration chosen) {
        interval = chosen;
        ending = false;
    }

    /** Lets all streams end. */
    void end() {
        ending = true;
    }

    private Publisher<Void> execute(HttpServerRequest request, HttpServerResponse response) {
        return request.receive().aggregate().asByteArray()
                .flatMap(body -> response.sse().send(events(GenerationRequest.read(body).jobId()), _ -> true).then());
    }

    private Flux<ByteBuf> events(String job) {
        Duration first = Duration.ofNanos(ThreadLocalRandom.current().nextLong(interval.toNanos()));
        // why: numbered behind what is dropped, because the orchestrator takes tokens in order only
        Flux<ByteBuf> tokens = Flux.interval(first, interval).onBackpressureDrop().takeUntil(_ -> ending).index()
                .map(numbered -> frame(
                        new TaskEvent.Token("@" + System.nanoTime() + "@", numbered.getT1().intValue(), 100)));
        return Flux.concat(
                Mono.just(frame(new TaskEvent.Started(job, MODEL, Instant.now(), new Seed(1), null, null))), tokens,
                Mono.fromSupplier(() -> frame(new TaskEvent.End(2, 0, 1, 1, StopReason.EOS, null))));
    }

    private static ByteBuf frame(TaskEvent event) {
        return Unpooled.wrappedBuffer(("event: " + event.type() + "\ndata: " + event.toJson() + "\n\n")
                .getBytes(StandardCharsets.UTF_8));
    }

    private static Publisher<Void> tokenize(HttpServerRequest request, HttpServerResponse response) {
        return request.receive().aggregate()
                .then(response.header("Content-Type", "application/json").sendString(Mono.just("{\"tokens\":[1,2]}"))
                        .then());
    }

    @Override
    public void close() {
        servers.forEach(DisposableServer::disposeNow);
    }
}
