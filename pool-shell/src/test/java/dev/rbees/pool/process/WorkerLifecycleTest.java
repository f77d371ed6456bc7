package dev.rbees.pool.process;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class WorkerLifecycleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ModelEntry MODEL = new ModelEntry("tiny", "Tiny", true, "gguf", null, null, 4, "ab".repeat(32),
            "/models/tiny file.gguf", null, null, null);

    @TempDir
    Path folder;

    private final List<String> progress = new ArrayList<>();
    private Path workers;
    private WorkerRecords records;

    @BeforeEach
    void install() throws Exception {
        workers = folder.resolve("home/workers");
        records = new WorkerRecords(workers);
        FakeWorkerd.installInto(folder);
    }

    @AfterEach
    void endAll() {
        records.all().stream().filter(worker -> worker.pid() != ProcessHandle.current().pid())
                .forEach(worker -> worker.mark().handle().ifPresent(ProcessHandle::destroyForcibly));
    }

    private WorkerSpawner spawner(String behaviour, Duration stall, int cores) {
        Map<String, String> environment = new HashMap<>(Map.of("RBEES_INSTALL", folder.toString(), "FAKE_WORKER", behaviour,
                "PATH", System.getenv().getOrDefault("PATH", "")));
        StartUp startUp = new StartUp(records, new HealthProbe(Duration.ofSeconds(2)),
                new Termination(Duration.ofSeconds(5), Duration.ofSeconds(5)), PATIENCE, stall);
        return new WorkerSpawner(records, new WorkerProgram(environment), startUp, Clock.systemUTC(),
                new SplittableRandom(records.all().size()), cores);
    }

    private WorkerFleet fleet(Duration grace, InstantSource clock) {
        return new WorkerFleet(records, new HealthProbe(Duration.ofSeconds(2)),
                new Termination(grace, Duration.ofSeconds(5)),
                clock);
    }

    private WorkerFleet fleet() {
        return fleet(Duration.ofSeconds(10), Clock.systemUTC());
    }

    private static SpawnRequest request(Optional<Integer> port, Optional<Integer> threads) {
        return new SpawnRequest(Backend.CPU, Optional.empty(), "tiny", Optional.of("http://127.0.0.1:1,http://127.0.0.1:2"),
                false,
                Optional.empty(), port,
                Optional.of(2), threads,
                Optional.empty(), Optional.empty(), false);
    }

    private WorkerProcess spawn(String behaviour) {
        WorkerSpawner spawner = spawner(behaviour, PATIENCE, 4);
        WorkerProcess launched = spawner.launch(request(Optional.empty(), Optional.empty()), MODEL);
        return spawner.awaitReady(launched.workerId(), (phase, percent) -> progress.add(phase + " " + percent));
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aSpawnedWorkerIsReadyAndListed() throws Exception {
        WorkerProcess worker = spawn("ready");

        assertThat(worker.status()).isEqualTo(WorkerStatus.READY);
        assertThat(worker.workerId()).matches("worker-cpu-[a-z0-9]{6}");
        assertThat(worker.port()).isBetween(8001, 8999);
        assertThat(worker.endpoint()).isEqualTo("http://127.0.0.1:" + worker.port());
        assertThat(worker.slotsTotal()).isEqualTo(2);
        // why: on a busy machine the first question may have come to nothing
        assertThat(progress).contains("loading weights 60").allMatch(step -> step.startsWith("loading weights "));
        assertThat(fleet().list()).containsExactly(worker);
        for (String file : List.of(".json", ".log")) {
            assertThat(
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(workers.resolve(worker.workerId() + file))))
                    .isEqualTo("rw-------");
        }
        assertThat(records.log(worker.workerId())).content().contains("[--worker-id, " + worker.workerId()
                + ", --model, /models/tiny file.gguf, --model-id, tiny, --backend, cpu, --port, " + worker.port()
                + ", --threads, 4, --model-digest, " + MODEL.sha256()
                + ", --slots, 2, --orchestrator-url, http://127.0.0.1:1,http://127.0.0.1:2]");
    }

    @Test
    void aWorkerHasASessionOfItsOwnAndSoOutlivesTheTerminal() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/self/stat")), "sessions are only shown in /proc");
        WorkerProcess worker = spawn("ready");

        String stat = Files.readString(Path.of("/proc/" + worker.pid() + "/stat"));
        assertThat(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]).isEqualTo("" + worker.pid());
    }

    @Test
    void aWorkerThatCrashesAtTheStartIsToldWithTheEndOfItsLog() {
        RbeesException failure = catchThrowableOfType(RbeesException.class, () -> spawn("crash"));

        assertThat(failure.code()).isEqualTo(ErrorCode.WORKER_START_FAILED);
        assertThat(failure.code().exitCode().code()).isEqualTo(1);
        assertThat(failure).hasMessageContaining("its process ended");
        assertThat(WorkerSpawner.logTail(failure)).hasSize(20).contains("line 30", "cannot map the model")
                .doesNotContain("line 11");
        assertThat(records.all()).isEmpty();
        assertThat(workers.toFile().list((_, name) -> name.endsWith(".log"))).hasSize(1);
    }

    @Test
    void aWorkerThatSaysItFailedIsEnded() {
        RbeesException failure = catchThrowableOfType(RbeesException.class, () -> spawn("failed"));

        assertThat(failure).hasMessageContaining("the file is no GGUF");
        assertThat(records.all()).isEmpty();
    }

    @Test
    void aWorkerThatMakesNoProgressIsEnded() {
        WorkerSpawner spawner = spawner("never", Duration.ofSeconds(2), 4);
        WorkerProcess launched = spawner.launch(request(Optional.empty(), Optional.empty()), MODEL);
        ProcessMark mark = records.find(launched.workerId()).orElseThrow().mark();

        RbeesException failure = catchThrowableOfType(RbeesException.class,
                () -> spawner.awaitReady(launched.workerId(), (_, _) -> {
                }));

        assertThat(failure).hasMessageContaining("it made no progress for 2 s");
        assertThat(mark.alive()).isFalse();
    }

    @Test
    void refusesAPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            RbeesException failure = catchThrowableOfType(RbeesException.class, () -> spawner("ready", PATIENCE, 4)
                    .launch(request(Optional.of(taken.getLocalPort()), Optional.empty()), MODEL));

            assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(failure).hasMessageContaining("port " + taken.getLocalPort() + " is in use");
            assertThat(records.all()).isEmpty();
        }
    }

    @Test
    void secondWorkersGetTheirOwnPortAndTheCoresThatAreLeft() throws Exception {
        WorkerSpawner spawner = spawner("ready", PATIENCE, 4);
        WorkerProcess first = spawner.launch(request(Optional.of(freePort()), Optional.of(3)), MODEL);
        WorkerProcess second = spawner("ready", PATIENCE, 4).launch(request(Optional.empty(), Optional.empty()), MODEL);
        WorkerProcess third = spawner("ready", PATIENCE, 4).launch(request(Optional.empty(), Optional.empty()), MODEL);

        assertThat(List.of(first.port(), second.port(), third.port())).doesNotHaveDuplicates();
        assertThat(List.of(first.workerId(), second.workerId(), third.workerId())).doesNotHaveDuplicates();
        assertThat(records.all()).extracting(WorkerRecord::threads).containsExactly(3, 1, 1);
    }

    @Test
    void tellsTheWorkerItsBackendAndItsCard() {
        SpawnRequest cuda = new SpawnRequest(Backend.CUDA, Optional.of(1), "tiny", Optional.empty(), false, Optional.empty(),
                Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("int4"), true);
        WorkerSpawner spawner = spawner("ready", PATIENCE, 4);
        WorkerProcess launched = spawner.launch(cuda, MODEL);
        spawner.awaitReady(launched.workerId(), (_, _) -> {
        });

        assertThat(launched.workerId()).matches("worker-cuda-[a-z0-9]{6}");
        assertThat(records.log(launched.workerId())).content().contains("--backend, cuda").contains("--gpu-device, 1")
                .contains("--quantize, int4, --compact");
    }

    @Test
    void refusesAMissingProgram() throws Exception {
        Files.delete(folder.resolve("bin/rbees-workerd"));
        assertThat(catchThrowableOfType(RbeesException.class, () -> spawn("ready")))
                .hasMessageContaining("rbees-workerd is not at").hasMessageContaining("RBEES_INSTALL");
    }

    @Test
    void stopsAWorkerAndKeepsItsLog() {
        WorkerProcess worker = spawn("ready");
        ProcessMark mark = records.find(worker.workerId()).orElseThrow().mark();

        fleet().stop(worker.workerId());

        assertThat(mark.alive()).isFalse();
        assertThat(fleet().list()).isEmpty();
        assertThat(records.log(worker.workerId())).exists();
    }

    @Test
    void killsAWorkerThatDoesNotEndByItself() {
        WorkerProcess worker = spawn("stubborn");
        ProcessMark mark = records.find(worker.workerId()).orElseThrow().mark();

        fleet(Duration.ofSeconds(1), Clock.systemUTC()).stop(worker.workerId());

        assertThat(mark.alive()).isFalse();
    }

    @Test
    void doesNotKnowOtherWorkers() {
        WorkerProcess worker = spawn("ready");
        String slip = worker.workerId().replaceFirst(".$", "_");

        assertThat(catchThrowableOfType(RbeesException.class, () -> fleet().stop(slip))).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.WORKER_NOT_FOUND);
            assertThat(e).hasMessageContaining("did you mean '" + worker.workerId() + "'?");
        });
        assertThat(catchThrowableOfType(RbeesException.class, () -> fleet().stop("../x")).code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void aRecordWhoseProcessNumberBelongsToAnotherProcessNowIsOfAnExitedWorker() {
        ProcessMark ours = ProcessMark.of(ProcessHandle.current().pid()).orElseThrow();
        records.write(new WorkerRecord("worker-cpu-stale1", ours.pid(), ours.start() + "0", Backend.CPU, "tiny", 8001, 1,
                Instant.EPOCH));

        assertThat(fleet().list()).extracting(WorkerProcess::status).containsExactly(WorkerStatus.EXITED);
        fleet().stop("worker-cpu-stale1");

        assertThat(ours.alive()).isTrue();
        assertThat(fleet().list()).isEmpty();
    }

    @Test
    void aKilledWorkerIsShownAsExited() {
        WorkerProcess worker = spawn("ready");
        records.find(worker.workerId()).orElseThrow().mark().handle().ifPresent(ProcessHandle::destroyForcibly);
        Termination patience = new Termination(Duration.ofSeconds(10), Duration.ofSeconds(10));
        patience.end(records.find(worker.workerId()).orElseThrow().mark());

        assertThat(fleet().list()).extracting(WorkerProcess::status).containsExactly(WorkerStatus.EXITED);
    }

    @Test
    void showsWhatAWorkerSaysAboutItself() {
        spawn("busy");

        assertThat(fleet().list()).extracting(WorkerProcess::status).containsExactly(WorkerStatus.BUSY);
    }

    @Test
    void aSilentProcessIsLoadingAtFirstAndFailedLater() throws Exception {
        ProcessMark ours = ProcessMark.of(ProcessHandle.current().pid()).orElseThrow();
        Instant started = Instant.parse("2026-11-23T12:00:00Z");
        records.write(new WorkerRecord("worker-cpu-silent", ours.pid(), ours.start(), Backend.CPU, "tiny", freePort(), 1,
                started));

        assertThat(fleet(Duration.ZERO, InstantSource.fixed(started.plusSeconds(119))).list())
                .extracting(WorkerProcess::status).containsExactly(WorkerStatus.LOADING);
        assertThat(fleet(Duration.ZERO, InstantSource.fixed(started.plusSeconds(121))).list())
                .extracting(WorkerProcess::status).containsExactly(WorkerStatus.FAILED);
        records.remove("worker-cpu-silent");
    }

    @Test
    void anotherProgramOnItsPortDoesNotSpeakForAWorker() {
        WorkerSpawner spawner = spawner("impostor", Duration.ofSeconds(3), 4);
        WorkerProcess launched = spawner.launch(request(Optional.empty(), Optional.empty()), MODEL);

        assertThat(catchThrowableOfType(RbeesException.class,
                () -> spawner.awaitReady(launched.workerId(), (_, _) -> {
                }))).hasMessageContaining("no progress");
    }

    @Test
    void refusesABrokenRecordByItsName() throws Exception {
        Path broken = Files.createDirectories(workers).resolve("worker-cpu-broken.json");
        Files.writeString(broken, "{");

        assertThat(catchThrowableOfType(RbeesException.class, () -> fleet().list()))
                .hasMessageContaining("worker-cpu-broken.json is no record of a worker");
        Files.delete(broken);
    }
}
