package dev.rbees.pool.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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
import dev.rbees.api.worker.RegistrationView;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.shell.process.ProcessLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Workers that are started again, by us or by others, and those whose start goes wrong on the way. */
class WorkerRestartTest extends Spawning {

    private WorkerProcess again(String id) {
        return spawner("ready", PATIENCE, 4).startAgain(id, (_, _, _) -> {
        });
    }

    @Test
    void aWorkerIsStartedAgainAsItWas() {
        WorkerProcess first = spawn("ready");

        fleet().end(first.workerId().substring(0, 14));
        assertThat(fleet().list()).extracting(WorkerProcess::status).containsExactly(WorkerStatus.EXITED);
        WorkerProcess second = again(first.workerId());

        assertThat(second.workerId()).isEqualTo(first.workerId());
        assertThat(second.port()).isEqualTo(first.port());
        assertThat(second.pid()).isNotEqualTo(first.pid());
        assertThat(fleet().list()).containsExactly(second);
        List<String> lines = new ArrayList<>();
        fleet().log(first.workerId()).show(Optional.empty(), false, lines::add);
        assertThat(lines).as("the log goes on").filteredOn(line -> line.startsWith("started with")).hasSize(2)
                .allMatch(line -> line.equals(lines.getFirst()));
    }

    @Test
    void aWorkerThatRunsOrOfWhichTooLittleIsKnownIsNotStartedAgain() {
        WorkerProcess worker = spawn("ready");
        records.write(new WorkerRecord("worker-cpu-old111", 0, "", Backend.CPU, "tiny", 8001, 1, Instant.EPOCH, List.of()));

        assertThat(catchThrowableOfType(RbeesException.class, () -> again(worker.workerId())))
                .hasMessageContaining("runs already");
        assertThat(catchThrowableOfType(RbeesException.class, () -> again("worker-cpu-old111"))).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(e).hasMessageContaining("rbees-pool worker spawn cpu --model tiny");
        });
    }

    /** why: the program may be killed between the start of a worker and its record. */
    @Test
    void aWorkerIsKnownByItsIdAlone() {
        WorkerProcess worker = spawn("ready");
        WorkerRecord written = records.find(worker.workerId()).orElseThrow();

        records.write(written.begun(written.startedAt()));

        assertThat(fleet().list()).containsExactly(worker);
        fleet().stop(worker.workerId());
        assertThat(written.mark().alive()).isFalse();
    }

    @Test
    void aRecordWithoutAProcessIsLoadingForAMomentOnly() {
        Instant begin = Instant.parse("2026-11-23T12:00:00Z");
        records.write(new WorkerRecord("worker-cpu-unborn", 0, "", Backend.CPU, "tiny", 8001, 1, begin, List.of()));

        assertThat(fleet(Duration.ZERO, InstantSource.fixed(begin.plusSeconds(9))).list())
                .extracting(WorkerProcess::status).containsExactly(WorkerStatus.LOADING);
        assertThat(fleet(Duration.ZERO, InstantSource.fixed(begin.plusSeconds(11))).list())
                .extracting(WorkerProcess::status).containsExactly(WorkerStatus.EXITED);
    }

    @Test
    void aPortThatSomebodyTookMeanwhileIsGivenUpForAnother() throws Exception {
        Path launcher = folder.resolve("bin/rbees-workerd");
        Files.writeString(launcher,
                Files.readString(launcher).replace("#!/bin/sh\n", """
                                                                  #!/bin/sh
                                                                  cd '%s'
                                                                  if mkdir first 2>/dev/null; then
                                                                      while ! [ -e held ]; do sleep 0.1; done
                                                                      echo 'error: the port is in use'
                                                                      exit 1
                                                                  fi
                                                                  """.formatted(folder)));
        try (ServerSocket other = new ServerSocket()) {
            WorkerProcess worker = spawner("ready", PATIENCE, 4).spawn(request(), MODEL, List.of(), (id, _, _) -> {
                if (!other.isBound()) {
                    hold(other, records.find(id).orElseThrow().port());
                }
            });

            assertThat(worker.status()).isEqualTo(WorkerStatus.READY);
            assertThat(worker.port()).isNotEqualTo(other.getLocalPort());
            assertThat(fleet().list()).containsExactly(worker);
        }
    }

    private void hold(ServerSocket socket, int port) {
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Files.createFile(folder.resolve("held"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatTheWorkerSaysIsToldInPlaceOfItsLog() throws Exception {
        Files.writeString(folder.resolve("bin/rbees-workerd"), """
                                                               #!/bin/sh
                                                               echo 'some line'
                                                               echo 'error: the model needs 9 GB, and 1 GB is free'
                                                               echo 'another line'
                                                               exit 1
                                                               """);

        RbeesException failure = catchThrowableOfType(RbeesException.class, () -> spawn("ready"));

        assertThat(failure)
                .hasMessageContaining("did not become ready: the model needs 9 GB, and 1 GB is free; its log is ");
        assertThat(WorkerSpawner.logTail(failure)).isEmpty();
    }

    @Test
    void saysHowFarItIsWithItsRegistration() {
        RegistrationView view = spawn("ready").registration();

        assertThat(view).isEqualTo(new RegistrationView("http://127.0.0.1:1,http://127.0.0.1:2",
                RegistrationView.State.UNREACHABLE, "nobody listens there"));
        assertThat(fleet().list().getFirst().registration()).isEqualTo(view);
    }

    @Test
    void onlyTheLastOfThoseThatEndedAreKept() throws Exception {
        Files.createDirectories(workers);
        for (int i = 0; i < 25; i++) {
            String id = "worker-cpu-old%03d".formatted(i);
            records.write(new WorkerRecord(id, 0, "", Backend.CPU, "tiny", 8001, 1, Instant.EPOCH, List.of()));
            Files.writeString(records.log(id), "log");
            Files.writeString(ProcessLog.before(records.log(id)), "older log");
            Files.setLastModifiedTime(records.log(id), FileTime.fromMillis(i * 1000L));
        }

        WorkerProcess worker = spawn("ready");

        assertThat(records.all()).extracting(WorkerRecord::workerId).hasSize(21).contains(worker.workerId(),
                "worker-cpu-old005", "worker-cpu-old024").doesNotContain("worker-cpu-old004");
        assertThat(workers.resolve("worker-cpu-old004.log")).doesNotExist();
        assertThat(workers.resolve("worker-cpu-old004.log.1")).doesNotExist();
        assertThat(workers.resolve("worker-cpu-old005.log")).exists();
    }
}
