package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.worker.RegistrationView;
import dev.rbees.api.worker.RegistrationView.State;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.testing.TlsServer;
import dev.rbees.testing.Waiting;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.testing.TinyEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a worker says of its registration. */
class RegistrationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TODAY = "-1d";

    @TempDir
    Path folder;

    private final Liveness liveness = new Liveness(_ -> {
    });
    private final WorkerState state = new WorkerState(liveness);
    private final RecordingOrchestrator orchestrator = new RecordingOrchestrator();
    private Engine engine;

    @BeforeEach
    void start() throws IOException {
        engine = TinyEngine.open(folder, 3, Clock.systemUTC(), new SimpleMeterRegistry());
        state.loaded(new WorkerState.Loaded(engine, "a".repeat(64), "Q8_0", "0123456789abcdef", List.of()));
    }

    @AfterEach
    void stop() {
        engine.close();
        orchestrator.close();
    }

    private OrchestratorLink link(String url, Map<String, String> environment) {
        return new OrchestratorLink(WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC,
                List.of("--model", folder.resolve("tiny.gguf").toString(), "--orchestrator-url", url)), environment), state,
                liveness);
    }

    /** What it says as soon as it has asked. */
    private RegistrationView said(String url, Map<String, String> environment) {
        try (OrchestratorLink link = link(url, environment)) {
            assertThat(state.registration()).contains(new RegistrationView(url, State.PENDING, null));
            link.start();
            Waiting.until(PATIENCE, () -> state.registration().orElseThrow().state() != State.PENDING);
            return state.registration().orElseThrow();
        }
    }

    @Test
    void isRegistered() {
        assertThat(state.registration()).isEmpty();
        assertThat(said(orchestrator.url(), Map.of()))
                .isEqualTo(new RegistrationView(orchestrator.url(), State.REGISTERED, null));
    }

    @Test
    void isRefusedForAReason() {
        orchestrator.registerAnswer = 401;
        orchestrator.registration = "{\"error\":{\"message\":\"a token is missing\"}}";
        assertThat(said(orchestrator.url(), Map.of()))
                .isEqualTo(new RegistrationView(orchestrator.url(), State.REFUSED, "a token is missing"));
    }

    @Test
    void isUnreachableForAReason() {
        assertThat(said("http://127.0.0.1:1", Map.of()))
                .isEqualTo(new RegistrationView("http://127.0.0.1:1", State.UNREACHABLE, "nobody listens there"));
        assertThat(said("http://no-such-host.invalid", Map.of()).detail()).isEqualTo("its name is not known");
    }

    @Test
    void trustsTheAuthoritiesOfAFile() throws Exception {
        try (TlsServer server = new TlsServer(folder.resolve("tls"), "ip:127.0.0.1", TODAY)) {
            String url = "https://127.0.0.1:" + server.port();
            assertThat(said(url, Map.of())).satisfies(view -> {
                assertThat(view.state()).isEqualTo(State.UNREACHABLE);
                assertThat(view.detail()).isEqualTo(
                        "its certificate is not trusted; RBEES_CA_FILE names a file with those that are");
            });
            assertThat(said(url, Map.of("RBEES_CA_FILE", server.authority().toString())).state())
                    .isEqualTo(State.REGISTERED);
        }
    }

    @Test
    void refusesAFileWithoutCertificatesAtTheStart() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
        assertThatThrownBy(() -> link("https://127.0.0.1:1", Map.of("RBEES_CA_FILE", empty.toString())))
                .isInstanceOf(UsageException.class).hasMessageContaining("holds no certificate in PEM");
    }
}
