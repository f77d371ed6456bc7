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
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.shell.process.ProcessMark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class WorkerLifecycleTest extends Spawning {

    @Test
    void aSpawnedWorkerIsReadyAndListed() throws Exception {
        WorkerProcess worker = spawn("ready");

        assertThat(worker.status()).isEqualTo(WorkerStatus.READY);
        assertThat(worker.workerId()).matches("worker-cpu-[a-z0-9]{6}");
        assertThat(worker.port()).isBetween(8001, 8999);
        assertThat(worker.endpoint()).isEqualTo("http://127.0.0.1:" + worker.port());
        assertThat(worker.slotsTotal()).isEqualTo(2);
        // why: on a busy machine the first question may have come to nothing
        assertThat(progress).contains("loading weights 60")
                .allMatch(step -> step.matches("starting 0|loading weights \\d+"));
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
        List<ProcessMark> marks = new ArrayList<>();

        RbeesException failure = catchThrowableOfType(RbeesException.class,
                () -> spawner("never", Duration.ofSeconds(2), 4).spawn(request(), MODEL, List.of(),
                        (id, _, _) -> marks.add(records.find(id).orElseThrow().mark())));

        assertThat(failure).hasMessageContaining("it made no progress for 2 s");
        assertThat(marks.getFirst().alive()).isFalse();
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
        WorkerRecord first = spawner.launch(request(Optional.of(freePort()), Optional.of(3)), MODEL);
        WorkerRecord second = spawner("ready", PATIENCE, 4).launch(request(), MODEL);
        WorkerRecord third = spawner("ready", PATIENCE, 4).launch(request(), MODEL);

        assertThat(List.of(first.port(), second.port(), third.port())).doesNotHaveDuplicates();
        assertThat(List.of(first.workerId(), second.workerId(), third.workerId())).doesNotHaveDuplicates();
        assertThat(records.all()).extracting(WorkerRecord::threads).containsExactly(3, 1, 1);
    }

    @Test
    void tellsTheWorkerItsBackendAndItsCard() {
        SpawnRequest cuda = new SpawnRequest(Backend.CUDA, Optional.of(1), "tiny", Optional.empty(), false, Optional.empty(),
                Optional.of("/secret/token"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                new SpawnRequest.Weights(Optional.of("onnx"), Optional.of("int4"), true));
        WorkerProcess launched = spawner("ready", PATIENCE, 4).spawn(cuda, MODEL, List.of(), (_, _, _) -> {
        });

        assertThat(launched.workerId()).matches("worker-cuda-[a-z0-9]{6}");
        assertThat(records.log(launched.workerId())).content().contains("--backend, cuda").contains("--gpu-device, 1")
                .contains("--weights, onnx, --quantize, int4, --compact, --orchestrator-url, , --token-file, /secret/token");
        assertThat(launched.registration()).isNull();
    }

    @Test
    void givesTheWorkerTheIdAndTheMemoryThatWereNamed() {
        SpawnRequest plain = request();
        SpawnRequest named = new SpawnRequest(plain.backend(), plain.gpuDevice(), plain.model(), plain.orchestratorUrl(),
                plain.everywhere(), plain.advertiseHost(), plain.tokenFile(), plain.port(), plain.slots(), plain.threads(),
                plain.contextLength(), plain.weights(), Optional.of("cellar-7"), Optional.of(3_000_000_000L));
        WorkerSpawner spawner = spawner("ready", PATIENCE, 4);
        WorkerRecord launched = spawner.launch(named, MODEL);

        assertThat(launched.workerId()).isEqualTo("cellar-7");
        assertThat(launched.arguments()).containsSequence("--memory", "3000000000").containsSequence("--worker-id",
                "cellar-7");
        assertThatThrownBy(() -> spawner.launch(named, MODEL)).hasMessageContaining("there is a worker cellar-7");
    }

    @Test
    void refusesAMissingProgram() throws Exception {
        Files.delete(folder.resolve("bin/rbees-workerd"));
        assertThat(catchThrowableOfType(RbeesException.class, () -> spawn("ready")))
                .hasMessageContaining("rbees-workerd is missing in " + folder).hasMessageContaining("RBEES_INSTALL");
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
                .isEqualTo(ErrorCode.WORKER_NOT_FOUND);
    }

    @Test
    void aRecordWhoseProcessNumberBelongsToAnotherProcessNowIsOfAnExitedWorker() {
        ProcessMark ours = ProcessMark.of(ProcessHandle.current().pid()).orElseThrow();
        records.write(new WorkerRecord("worker-cpu-stale1", ours.pid(), ours.start() + "0", Backend.CPU, "tiny", 8001, 1,
                Instant.EPOCH, List.of()));

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
                started, List.of()));

        assertThat(fleet(Duration.ZERO, InstantSource.fixed(started.plusSeconds(119))).list())
                .extracting(WorkerProcess::status).containsExactly(WorkerStatus.LOADING);
        assertThat(fleet(Duration.ZERO, InstantSource.fixed(started.plusSeconds(121))).list())
                .extracting(WorkerProcess::status).containsExactly(WorkerStatus.FAILED);
        records.remove("worker-cpu-silent");
    }

    @Test
    void anotherProgramOnItsPortDoesNotSpeakForAWorker() {
        assertThat(catchThrowableOfType(RbeesException.class,
                () -> spawner("impostor", Duration.ofSeconds(3), 4).spawn(request(), MODEL, List.of(), (_, _, _) -> {
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
