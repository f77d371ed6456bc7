package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.cli.CommandLine;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.embedding.Embedder;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.testing.TinyBert;
import dev.rbees.worker.testing.TinyEmbedder;
import dev.rbees.worker.testing.TinyEngine;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;

class OrchestratorLinkTest {

    @TempDir
    Path folder;

    private final WorkerState state = new WorkerState(new Liveness(_ -> {
    }));
    private final RecordingOrchestrator first = new RecordingOrchestrator();
    private final RecordingOrchestrator second = new RecordingOrchestrator();
    private Engine engine;

    @BeforeEach
    void start() throws IOException {
        engine = TinyEngine.open(folder, 3, Clock.systemUTC(), new SimpleMeterRegistry());
        state.loaded(new WorkerState.Loaded(engine, "a".repeat(64), "Q8_0", "0123456789abcdef", List.of()));
    }

    @AfterEach
    void stop() {
        engine.close();
        first.close();
        second.close();
    }

    private OrchestratorLink link(String urls, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--model", folder.resolve("tiny.gguf").toString(), "--worker-id",
                "w1", "--model-id", "tiny", "--port", "18001", "--orchestrator-url", urls));
        arguments.addAll(List.of(more));
        return new OrchestratorLink(WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, arguments), Map.of()), state,
                new Liveness(_ -> {
                }));
    }

    private OrchestratorLink linkToBoth() {
        return link(first.url() + "," + second.url());
    }

    /** The first orchestrator hears this next, one after another. */
    private void hears(String... paths) throws InterruptedException {
        for (String path : paths) {
            assertThat(first.next()).hasToString("POST /v2/workers/" + path);
        }
    }

    @Test
    void registersBeatsAndDeregisters() throws InterruptedException {
        try (OrchestratorLink link = link(first.url() + "/")) {
            link.start();
            RecordingOrchestrator.Call register = first.next();
            assertThat(register).hasToString("POST /v2/workers/register");
            WorkerRegistration registration = WorkerRegistration.read(register.body());
            assertThat(registration.workerId()).isEqualTo("w1");
            assertThat(registration.host()).isEqualTo("127.0.0.1");
            assertThat(registration.port()).isEqualTo(18001);
            assertThat(registration.modelDigest()).isEqualTo("a".repeat(64));
            assertThat(registration.contextLength()).isEqualTo(TinyModel.CONTEXT);
            assertThat(registration.slotsTotal()).isEqualTo(3);
            assertThat(registration.capabilities()).containsExactly("text-gen");
            RecordingOrchestrator.Call beat = first.next();
            assertThat(beat).hasToString("POST /v2/workers/w1/heartbeat");
            assertThat(WorkerHeartbeat.read(beat.body())).satisfies(said -> {
                assertThat(said.status()).isEqualTo(WorkerStatus.READY);
                assertThat(said.slotsFree()).isEqualTo(3);
                assertThat(said.memoryFreeBytes()).isPositive();
            });
            state.drain();
            link.tellDraining();
            assertThat(new String(first.next().body(), StandardCharsets.UTF_8)).contains("draining");
        }
        assertThat(first.next()).hasToString("DELETE /v2/workers/w1");
    }

    @Test
    void registersAgainWhenItIsForgotten() throws InterruptedException {
        first.heartbeatAnswer = 404;
        try (OrchestratorLink link = link(first.url() + "/")) {
            link.start();
            hears("register", "w1/heartbeat", "register");
        }
    }

    /** why: an orchestrator that only could not be heard still knows what runs here; a registration would take it away. */
    @Test
    void doesNotRegisterAgainWithOneThatDoesNotAnswer() throws InterruptedException {
        first.heartbeatAnswer = 503;
        try (OrchestratorLink link = link(first.url() + "/")) {
            link.start();
            hears("register", "w1/heartbeat", "w1/heartbeat", "w1/heartbeat");
        }
    }

    @Test
    void keepsTryingWhileNobodyAnswers() throws InterruptedException {
        first.registerAnswer = 503;
        try (OrchestratorLink link = link(first.url() + "/")) {
            link.start();
            hears("register", "register", "register");
        }
    }

    @Test
    void registersAWorkerOfAnEmbeddingModel() throws InterruptedException {
        Path bert = folder.resolve("bert");
        try (Embedder embedder = TinyEmbedder.open(bert, 2, Clock.systemUTC(), new SimpleMeterRegistry())) {
            state.loaded(
                    new WorkerState.Loaded(new Service.Embedding(embedder), "b".repeat(64), "onnx", "0123456789abcdef",
                            List.of()));
            try (OrchestratorLink link = link(first.url())) {
                link.start();
                WorkerRegistration registration = WorkerRegistration.read(first.next().body());
                assertThat(registration.capabilities()).containsExactly("embedding");
                assertThat(registration.contextLength()).isEqualTo(TinyBert.PLACES);
                assertThat(registration.slotsTotal()).isEqualTo(2);
                assertThat(first.next()).hasToString("POST /v2/workers/w1/heartbeat");
            }
        }
    }

    @Test
    void usesTheNextOrchestratorWhenTheFirstIsDead() throws InterruptedException {
        first.die();
        try (OrchestratorLink link = linkToBoth()) {
            link.start();
            assertThat(second.within(5)).hasToString("POST /v2/workers/register");
            assertThat(second.next()).hasToString("POST /v2/workers/w1/heartbeat");
        }
        assertThat(second.next()).hasToString("DELETE /v2/workers/w1");
    }

    @Test
    void goesOverToTheNextAndStaysThereWhenItsOrchestratorDies() throws InterruptedException {
        try (OrchestratorLink link = linkToBoth()) {
            link.start();
            assertThat(first.next()).hasToString("POST /v2/workers/register");
            assertThat(first.next()).hasToString("POST /v2/workers/w1/heartbeat");
            first.die();
            assertThat(second.within(7)).hasToString("POST /v2/workers/w1/heartbeat");
            first.rise();
            second.heartbeatAnswer = 404;
            assertThat(second.next()).hasToString("POST /v2/workers/w1/heartbeat");
            assertThat(second.within(3)).hasToString("POST /v2/workers/register");
            second.die();
            assertThat(first.within(7)).hasToString("POST /v2/workers/w1/heartbeat");
        }
        assertThat(first.next()).hasToString("DELETE /v2/workers/w1");
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void goesOnWithTheNextWhenOneCannotWork(int answer) throws InterruptedException {
        first.registerAnswer = answer;
        try (OrchestratorLink link = linkToBoth()) {
            link.start();
            assertThat(first.next()).hasToString("POST /v2/workers/register");
            assertThat(second.within(5)).hasToString("POST /v2/workers/register");
        }
        assertThat(second.next()).hasToString("DELETE /v2/workers/w1");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 500})
    void staysWithOneThatRefuses(int answer) throws InterruptedException {
        first.registerAnswer = answer;
        try (OrchestratorLink link = linkToBoth()) {
            link.start();
            assertThat(first.next()).hasToString("POST /v2/workers/register");
            assertThat(first.next()).hasToString("POST /v2/workers/register");
            assertThat(second.idle()).isTrue();
        }
    }

    @Test
    void doesNotWaitLongForOneThatSaysNothing() throws InterruptedException, IOException {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                OrchestratorLink link = link("http://127.0.0.1:" + silent.getLocalPort() + "," + second.url())) {
            link.start();
            assertThat(second.within(6)).hasToString("POST /v2/workers/register");
        }
    }

    @Test
    void asksEachOnceAndRestsWhenAllAreAway() throws InterruptedException {
        first.registerAnswer = 503;
        second.registerAnswer = 503;
        try (OrchestratorLink link = linkToBoth()) {
            link.start();
            for (int i = 0; i < 2; i++) {
                assertThat(first.next()).hasToString("POST /v2/workers/register");
                assertThat(second.next()).hasToString("POST /v2/workers/register");
                assertThat(first.idle()).as("the rest between two tries").isTrue();
            }
        }
    }

    @Test
    void deregistersAtAnotherWhenItsOrchestratorIsGone() throws InterruptedException {
        try (OrchestratorLink link = linkToBoth()) {
            link.start();
            assertThat(first.next()).hasToString("POST /v2/workers/register");
            assertThat(first.next()).hasToString("POST /v2/workers/w1/heartbeat");
            first.die();
            state.drain();
            link.tellDraining();
            assertThat(new String(second.next().body(), StandardCharsets.UTF_8)).contains("draining");
        }
        assertThat(second.next()).hasToString("DELETE /v2/workers/w1");
    }

    @Test
    void tellsEachOrchestratorTheAddressOnTheWayToIt() throws InterruptedException, IOException {
        Path token = Files.createFile(folder.resolve("token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(token, "0123456789abcdef".repeat(2));
        try (OrchestratorLink link = link("http://nowhere.invalid:8080," + second.url(), "--bind", "0.0.0.0", "--token-file",
                token.toString())) {
            link.start();
            assertThat(WorkerRegistration.read(second.next().body()).host()).isEqualTo("127.0.0.1");
        }
    }

    private static final String SECRET = "0123456789abcdef0123_-";

    private OrchestratorLink linkWithADrawnId() {
        return new OrchestratorLink(WorkerSettings.of(
                CommandLine.parse(WorkerSettings.SPEC, List.of("--model", folder.resolve("tiny.gguf").toString(),
                        "--orchestrator-url", first.url())),
                Map.of()), state,
                new Liveness(_ -> {
                }));
    }

    private static String text(RecordingOrchestrator.Call call) {
        return new String(call.body(), StandardCharsets.UTF_8);
    }

    @Test
    void showsTheSecretOfItsRegistrationWithEveryLaterWord() throws InterruptedException {
        first.registration = "{\"worker_id\":\"w1\",\"secret\":\"" + SECRET + "\"}";
        first.heartbeatAnswer = 404;
        try (OrchestratorLink link = link(first.url())) {
            link.start();
            RecordingOrchestrator.Call register = first.next();
            assertThat(text(register)).doesNotContain("secret");
            assertThat(WorkerRegistration.read(register.body()).vocabSize()).isPositive();
            assertThat(text(first.next())).contains(SECRET);
            RecordingOrchestrator.Call again = first.next();
            assertThat(again).hasToString("POST /v2/workers/register");
            assertThat(text(again)).as("the same worker").contains(SECRET);
        }
        RecordingOrchestrator.Call last = first.next();
        while (!last.method().equals("DELETE")) {
            last = first.next();
        }
        assertThat(last.secretHeader()).isEqualTo(SECRET);
    }

    @Test
    void aDrawnIdThatBelongsToAnotherWorkerIsDrawnAnew() throws InterruptedException {
        first.registerAnswer = 409;
        try (OrchestratorLink link = linkWithADrawnId()) {
            link.start();
            String before = WorkerRegistration.read(first.next().body()).workerId();
            first.registerAnswer = 201;
            RecordingOrchestrator.Call second = first.next();
            String after = WorkerRegistration.read(second.body()).workerId();
            assertThat(second).hasToString("POST /v2/workers/register");
            assertThat(after).isNotEqualTo(before).startsWith("worker-cpu-");
            assertThat(first.next()).hasToString("POST /v2/workers/" + after + "/heartbeat");
            assertThat(state.renamed()).contains(after);
        }
    }

    @Test
    void anIdThatSomebodyChoseIsAskedForAgain() throws InterruptedException {
        first.registerAnswer = 409;
        try (OrchestratorLink link = link(first.url())) {
            link.start();
            assertThat(WorkerRegistration.read(first.next().body()).workerId()).isEqualTo("w1");
            assertThat(WorkerRegistration.read(first.next().body()).workerId()).isEqualTo("w1");
            first.registerAnswer = 201;
            assertThat(WorkerRegistration.read(first.next().body()).workerId()).isEqualTo("w1");
            assertThat(first.next()).hasToString("POST /v2/workers/w1/heartbeat");
        }
    }

    @Test
    void aWorkerWhoseIdHasGoneToAnotherRegistersAgain() throws InterruptedException {
        first.heartbeatAnswer = 409;
        try (OrchestratorLink link = link(first.url())) {
            link.start();
            assertThat(first.next()).hasToString("POST /v2/workers/register");
            assertThat(first.next()).hasToString("POST /v2/workers/w1/heartbeat");
            assertThat(first.next()).hasToString("POST /v2/workers/register");
        }
    }
}
