package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.cli.CommandLine;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.testing.TinyEngine;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;

class OrchestratorLinkTest {

    @SuppressWarnings("ArrayRecordComponent")
    private record Call(String method, String path, byte[] body) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    @TempDir
    Path folder;

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final WorkerState state = new WorkerState();
    private HttpServer server;
    private Engine engine;
    private WorkerSettings settings;
    private volatile int registerAnswer = 200;
    private volatile int heartbeatAnswer = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            calls.add(new Call(exchange.getRequestMethod(), exchange.getRequestURI().getPath(),
                    exchange.getRequestBody().readAllBytes()));
            boolean heartbeat = exchange.getRequestURI().getPath().endsWith("/heartbeat");
            exchange.sendResponseHeaders(heartbeat ? heartbeatAnswer : registerAnswer, -1);
            exchange.close();
        });
        server.start();
        engine = TinyEngine.open(folder, 3, Clock.systemUTC(), new SimpleMeterRegistry());
        settings = WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, List.of("--model",
                folder.resolve("tiny.gguf").toString(), "--worker-id", "w1", "--model-id", "tiny", "--port", "18001",
                "--orchestrator-url", "http://127.0.0.1:" + server.getAddress().getPort() + "/")), Map.of());
    }

    @AfterEach
    void stop() {
        engine.close();
        server.stop(0);
    }

    private OrchestratorLink link() {
        return new OrchestratorLink(settings, state, settings.orchestratorUrl().orElseThrow());
    }

    private Call next() throws InterruptedException {
        Call call = calls.poll(30, TimeUnit.SECONDS);
        assertThat(call).isNotNull();
        return call;
    }

    @Test
    void registersBeatsAndDeregisters() throws InterruptedException {
        state.loaded(new WorkerState.Loaded(engine, "a".repeat(64), "Q8_0", "0123456789abcdef"));
        try (OrchestratorLink link = link()) {
            link.start();
            Call register = next();
            assertThat(register).hasToString("POST /v2/workers/register");
            WorkerRegistration registration = WorkerRegistration.read(register.body());
            assertThat(registration.workerId()).isEqualTo("w1");
            assertThat(registration.host()).isEqualTo("127.0.0.1");
            assertThat(registration.port()).isEqualTo(18001);
            assertThat(registration.modelDigest()).isEqualTo("a".repeat(64));
            assertThat(registration.contextLength()).isEqualTo(TinyModel.CONTEXT);
            assertThat(registration.slotsTotal()).isEqualTo(3);
            Call beat = next();
            assertThat(beat).hasToString("POST /v2/workers/w1/heartbeat");
            assertThat(WorkerHeartbeat.read(beat.body())).satisfies(said -> {
                assertThat(said.status()).isEqualTo(WorkerStatus.READY);
                assertThat(said.slotsFree()).isEqualTo(3);
                assertThat(said.memoryFreeBytes()).isPositive();
            });
            state.drain();
            link.tellDraining();
            assertThat(new String(next().body(), StandardCharsets.UTF_8)).contains("draining");
        }
        assertThat(next()).hasToString("DELETE /v2/workers/w1");
    }

    @Test
    void registersAgainWhenItIsForgotten() throws InterruptedException {
        state.loaded(new WorkerState.Loaded(engine, "a".repeat(64), "Q8_0", "0123456789abcdef"));
        heartbeatAnswer = 404;
        try (OrchestratorLink link = link()) {
            link.start();
            assertThat(next()).hasToString("POST /v2/workers/register");
            assertThat(next()).hasToString("POST /v2/workers/w1/heartbeat");
            assertThat(next()).hasToString("POST /v2/workers/register");
        }
    }

    @Test
    void keepsTryingWhileNobodyAnswers() throws InterruptedException {
        state.loaded(new WorkerState.Loaded(engine, "a".repeat(64), "Q8_0", "0123456789abcdef"));
        registerAnswer = 503;
        try (OrchestratorLink link = link()) {
            link.start();
            for (int i = 0; i < 3; i++) {
                assertThat(next()).hasToString("POST /v2/workers/register");
            }
        }
    }
}
