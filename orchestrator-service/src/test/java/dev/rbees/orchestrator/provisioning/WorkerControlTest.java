package dev.rbees.orchestrator.provisioning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.worker.Backend;
import dev.rbees.home.ApiToken;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Effect;
import dev.rbees.orchestrator.pool.KnownPool;
import dev.rbees.remote.OpenSshServer;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class WorkerControlTest {

    private static final String TOKEN = "token-".repeat(8);
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    Path folder;

    private final List<Command> told = new ArrayList<>();
    private PoolScript script;

    @BeforeEach
    void write() throws IOException {
        script = new PoolScript(folder.resolve("pool"));
    }

    private static Effect.StartWorker wanted(String model, boolean download, Duration limit) {
        return new Effect.StartWorker(7, "cellar", "auto-1", model, Backend.CUDA, 1, 5_000_000_000L, download, limit);
    }

    private static Effect.StartWorker wanted(String model) {
        return wanted(model, true, Duration.ofSeconds(60));
    }

    private static Machine machine(PoolAccess access) {
        Machine machine = new Machine(new KnownPool(new PoolRegistration("cellar", "127.0.0.1"), KnownPool.Origin.REGISTERED,
                false), access, Optional.empty());
        machine.seen(Json.read(PoolScript.STATUS, PoolStatus.class));
        return machine;
    }

    private static WorkerControl control(Optional<ApiToken> token) {
        return new WorkerControl(new OwnAddress(Optional.empty(), "127.0.0.1", () -> 8080, "orc", false), token, () -> NOW);
    }

    private RbeesException failure(Effect.StartWorker wanted, Machine machine) {
        return catchThrowableOfType(RbeesException.class,
                () -> control(Optional.empty()).start(wanted, machine, told::add, () -> {
                }));
    }

    private ApiToken token() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), TOKEN);
        return ApiToken.read(Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------")));
    }

    @Test
    void aWorkerIsStartedWithItsIdItsMemoryAndTheTokenOnStandardInput() throws IOException {
        script.on("spawn", "read -r line; echo \"$line\" > " + script.file("line")
                + "; printf '\\rauto-1: load 40%%\\rauto-1: load 80%%\\n' >&2");
        control(Optional.of(token())).start(wanted("here"), machine(script.access()), told::add, () -> {
        });
        assertThat(script.calls()).containsExactly("--remote-terminal=0 worker spawn cuda --model here --worker-id auto-1"
                + " --memory 5000000000 --orchestrator-url http://127.0.0.1:8080 --bind 127.0.0.1 --output json --gpu 1"
                + " --token-stdin");
        assertThat(script.file("line")).hasContent(TOKEN);
        assertThat(told).containsExactly(new Command.StartProgress(7, "load", 0), new Command.StartProgress(7, "load", 40),
                new Command.StartProgress(7, "load", 80));
    }

    @Test
    void aModelThatIsNotThereIsDownloadedFirst() throws IOException {
        script.on("download", "printf '\\rfar  10%%  1 MB\\rfar  10%%  2 MB\\rfar 100%%  9 MB\\n' >&2");
        List<String> changes = new ArrayList<>();
        control(Optional.empty()).start(wanted("far"), machine(script.access()), told::add, () -> changes.add("changed"));
        assertThat(script.calls()).hasSize(2).first().isEqualTo("--remote-terminal=0 models download far");
        assertThat(changes).containsExactly("changed");
        assertThat(told).containsExactly(new Command.StartProgress(7, "download", 0),
                new Command.StartProgress(7, "download", 10), new Command.StartProgress(7, "download", 100),
                new Command.StartProgress(7, "load", 0));
    }

    @Test
    void whereItMayNotBeDownloadedNothingIsStarted() throws IOException {
        RbeesException failure = failure(wanted("far", false, Duration.ofSeconds(60)), machine(script.access()));
        assertThat(failure.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(script.calls()).isEmpty();
    }

    @Test
    void aDownloadThatFailsIsToldAndNothingIsStarted() throws IOException {
        script.on("download", "echo 'error: the hub does not answer' >&2; exit 5");
        RbeesException failure = failure(wanted("far"), machine(script.access()));
        assertThat(failure.code()).isEqualTo(ErrorCode.WORKER_START_FAILED);
        assertThat(failure).hasMessage("the download of far to the pool cellar failed: the hub does not answer");
        assertThat(script.calls()).hasSize(1);
    }

    @Test
    void afterAFailedStartItIsMadeSureThatNothingRuns() throws IOException {
        script.on("spawn", "echo 'error: no memory, see /home/ann/w.log' >&2; exit 1").on("stop", "exit 3");
        RbeesException failure = failure(wanted("here"), machine(script.access()));
        assertThat(failure.code()).isEqualTo(ErrorCode.WORKER_START_FAILED);
        assertThat(failure).hasMessage("a worker for here on the pool cellar did not start: no memory, see w.log");
        assertThat(script.calls().getLast()).isEqualTo("worker stop auto-1");
    }

    @Test
    void aStartThatTakesTooLongIsEndedAndUndone() throws IOException {
        script.on("spawn", "exec sleep 600");
        RbeesException failure = failure(wanted("here", true, Duration.ofSeconds(1)), machine(script.access()));
        assertThat(failure.code()).isEqualTo(ErrorCode.WORKER_START_FAILED);
        assertThat(failure).hasMessageContaining("took longer than 1 s");
        assertThat(script.calls().getLast()).isEqualTo("worker stop auto-1");
    }

    @Test
    void whatCannotBeUndoneIsToldAndStoppedWhenItShowsUp() throws IOException {
        script.on("spawn", "exit 1").on("stop", "exit 1");
        Machine machine = machine(script.access());
        assertThat(failure(wanted("here"), machine)).hasMessageContaining("whether it runs there nevertheless is not known");

        assertThat(machine.leftovers(NOW)).isEmpty();
        machine.seen(
                Json.read(PoolScript.STATUS.replace("\"workers\":[]", """
                                                                      "workers":[{"worker_id":"auto-1","pid":1,"port":8001,
                                                                      "endpoint":"e","backend":"cpu","model":"here",
                                                                      "status":"ready","slots_total":1,
                                                                      "started_at":"2026-11-27T12:00:00.000Z"}]"""),
                        PoolStatus.class));
        assertThat(machine.leftovers(NOW)).containsExactly("auto-1");
        assertThat(machine.leftovers(NOW.plus(Duration.ofHours(1)))).isEmpty();
    }

    @Test
    void aLostLinkFailsTheStart() throws Exception {
        script.on("spawn", "touch " + script.file("begun") + "; exec sleep 600");
        OpenSshServer server = new OpenSshServer(folder.resolve("ssh"), List.of());
        try (PoolAccesses accesses = new PoolAccesses(Map.of(), server.settings())) {
            server.poolIs(script.text());
            PoolRegistration pool = new PoolRegistration("cellar", "127.0.0.1", server.port(), null, null, Map.of(), true,
                    false,
                    List.of(), null);
            Machine machine = machine(accesses.to(new KnownPool(pool, KnownPool.Origin.REGISTERED, false)));
            Thread cut = Thread.ofVirtual().start(() -> {
                Waiting.until(() -> Files.exists(script.file("begun")));
                server.close();
            });
            RbeesException failure = failure(wanted("here"), machine);
            cut.join();
            assertThat(failure.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
            assertThat(failure).hasMessageContaining("was lost").hasMessageContaining("not known");
        } finally {
            server.close();
        }
    }

    @Test
    void stoppingSaysWhetherItIsGone() throws IOException {
        WorkerControl control = control(Optional.empty());
        assertThat(control.stop(machine(script.access()), "auto-1")).isTrue();
        assertThat(control.stop(machine(script.on("stop", "exit 3").access()), "auto-1")).isTrue();
        assertThat(control.stop(machine(script.on("stop", "exit 1").access()), "auto-1")).isFalse();
    }
}
