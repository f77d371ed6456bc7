package dev.rbees.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.orchestrator.store.PostgresAddress;
import dev.rbees.orchestrator.testing.PostgresServer;
import dev.rbees.testing.Interrupts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * One fault after another, on the installed orchestrator, under tasks that run and are read: F1, F3 to F6, F8, F12 to F15 and F18 of what an
 * orchestrator has to withstand. Workers are of this process, so that a run is about the orchestrator alone. Each leaves a report under
 * {@code target/chaos}. {@code deploy/chaos --long} runs them at full length.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class FaultsIT {

    private static final boolean LONG = Boolean.getBoolean("chaos.long");
    private static final long SEED = Long.getLong("chaos.seed", 1);
    private static final Duration PATIENCE = Duration.ofMinutes(LONG ? 10 : 2);
    private static final Duration PACE = Duration.ofMillis(20);

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final History history = new History();
    private final List<PacedWorker> workers = new ArrayList<>();
    private final List<FaultProxy> links = new ArrayList<>();
    private final List<ChaosReader> readers = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Installation rbees;

    @BeforeEach
    void install() throws IOException {
        rbees = Installation.in(folder.resolve("faults"));
    }

    @AfterEach
    void stop() throws InterruptedException, IOException {
        threads.shutdownNow();
        for (FaultProxy link : links) {
            link.close();
        }
        workers.forEach(PacedWorker::close);
        rbees.stop();
    }

    private void worker(Duration pace) throws IOException {
        PacedWorker worker = newWorker(pace);
        worker.join(worker.port());
    }

    private PacedWorker newWorker(Duration pace) throws IOException {
        PacedWorker worker = new PacedWorker("paced-" + workers.size(), rbees.url(), 64, pace);
        workers.add(worker);
        return worker;
    }

    /** Hands tasks in, and reads each. */
    private void begin(int tasks, int tokens) {
        for (int i = 0; i < tasks; i++) {
            String fields = "\"prompt\":\"x\",\"max_tokens\":" + tokens;
            try {
                ChaosReader reader = new ChaosReader(rbees, history, rbees.submit(fields), fields, PATIENCE);
                history.accepted(reader.task());
                readers.add(reader);
                threads.execute(reader);
            } catch (IllegalStateException | AssertionError e) {
                history.refused();
            }
        }
    }

    /** Waits until every reader has come to an end, and asks what became of each task. */
    private void settle(String report, String title) throws InterruptedException {
        threads.shutdown();
        assertThat(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(history.violations().toString())
                .isTrue();
        history.tasks().forEach(
                task -> history.found(task, rbees.get("/v2/tasks/" + task).path("status").asString("not known")));
        history.report(Installation.REPORTS.resolve(report + ".md"), title, SEED);
        assertThat(history.violations()).isEmpty();
    }

    private int status(String path) {
        return rbees.send("GET", path, "").statusCode();
    }

    @Test
    void theOrchestratorDiesAgainAndAgainAndNothingIsLostOrSaidTwice() throws Exception {
        rbees.startOrchestrator("--queue-capacity", "-1");
        worker(PACE);
        long slowest = 0;
        for (int i = 0; i < (LONG ? 50 : 4); i++) {
            begin(LONG ? 40 : 12, random.nextInt(20, 90));
            Thread.sleep(random.nextInt(100, 1_500));
            history.fault("kill -9 of the orchestrator");
            rbees.killOrchestrator();
            long began = System.nanoTime();
            rbees.startOrchestrator("--queue-capacity", "-1");
            slowest = Math.max(slowest, System.nanoTime() - began);
        }
        history.figure("slowest start until it answers", Duration.ofNanos(slowest).toMillis() + " ms");
        settle("F1-orchestrator-killed", "F1: the orchestrator is killed");
        assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(LONG ? 5 : 15));
    }

    @Test
    void aPauseOfItsOwnDoesNotMakeItTakeWorkersForDead() throws Exception {
        rbees.startOrchestrator();
        worker(PACE);
        begin(6, 400);
        Installation.await(() -> history.readToTheEnd() == 0 && rbees.get("/v2/workers").size() == 1);
        Thread.sleep(1_000);
        history.fault("SIGSTOP of the orchestrator");
        rbees.signal("STOP", rbees.orchestratorPid());
        Thread.sleep(LONG ? 90_000 : 20_000);
        history.fault("SIGCONT");
        rbees.signal("CONT", rbees.orchestratorPid());
        settle("F4-orchestrator-paused", "F4: the orchestrator is stopped and goes on");
        for (ChaosReader reader : readers) {
            assertThat(rbees.get("/v2/tasks/" + reader.task()).get("attempts")).hasSize(1);
        }
    }

    @Test
    void aFullDiskRefusesWhatIsNewAndLosesNothingOld() throws Exception {
        Path home = Files.createDirectories(rbees.home());
        assumeTrue(rbees.run(Map.of(), List.of("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "rbees", home.toString()))
                .exit() == 0, "no file system of limited size can be mounted here");
        try {
            rbees.startOrchestrator();
            worker(PACE);
            begin(6, 300);
            Thread.sleep(1_000);
            history.fault("the disk is full");
            fill(home.resolve("fill"));
            Installation.await(() -> {
                begin(1, 5);
                return status("/health/ready") == 503;
            });
            HttpResponse<String> refused = rbees.send("POST", "/v2/tasks",
                    "{\"model\":\"" + Installation.MODEL + "\",\"prompt\":\"x\",\"max_tokens\":5}");
            assertThat(refused.statusCode() + refused.body()).startsWith("503").contains("STORAGE_UNAVAILABLE");
            assertThat(status("/v2/tasks/" + readers.getFirst().task())).isEqualTo(200);
            Thread.sleep(2_000);
            history.fault("there is room again");
            Files.delete(home.resolve("fill"));
            Installation.await(() -> status("/health/ready") == 200);
            begin(3, 5);
            settle("F8-disk-full", "F8: the disk of the record is full");
            assertThat(history.refusals()).isPositive();
        } finally {
            rbees.stop();
            rbees.run(Map.of(), List.of("umount", "-l", home.toString()));
        }
    }

    private static void fill(Path file) {
        byte[] piece = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(piece);
            }
        } catch (IOException e) {
            // that is what was wanted
        }
    }

    @Test
    void aDatabaseServerThatDiesAndComesBackLosesNothing() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            PostgresAddress database = server.createDatabase();
            rbees.startOrchestrator("--database", "postgresql://" + database.user() + "@" + database.host() + ":"
                    + database.port() + "/" + database.database());
            worker(PACE);
            for (int i = 0; i < (LONG ? 10 : 2); i++) {
                begin(8, random.nextInt(50, 150));
                Thread.sleep(random.nextInt(200, 1_500));
                history.fault("the database server dies and is started again");
                server.restart();
                Installation.await(() -> status("/health/ready") == 200);
            }
            begin(3, 5);
            settle("F12-database-server", "F12: the database server dies and comes back");
            rbees.stop();
        }
    }

    @Test
    void idleStreamsAreKeptAliveAndCanAllComeBackAtOnce() throws Exception {
        int streams = LONG ? 3_000 : 200;
        rbees.startOrchestrator("--queue-capacity", "-1");
        long before = residentKilobytes();
        begin(streams, 3);
        Installation.await(() -> readers.stream().allMatch(reader -> reader.signsOfLife() > 0));
        history.figure("idle streams, each with a comment within 30 s", streams);
        history.figure("memory for each of them", (residentKilobytes() - before) / streams + " KB");
        history.fault("all connections break: the orchestrator is killed");
        rbees.killOrchestrator();
        rbees.startOrchestrator("--queue-capacity", "-1");
        long began = System.nanoTime();
        worker(Duration.ofMillis(1));
        settle("F15-reconnect-storm", "F14 and F15: idle streams, and all come back at once");
        Duration caughtUp = Duration.ofNanos(System.nanoTime() - began);
        assertThat(caughtUp).isLessThan(Duration.ofSeconds(60));
    }

    /** 0 where the system does not say. */
    private long residentKilobytes() throws IOException {
        Path status = Path.of("/proc/" + rbees.orchestratorPid() + "/status");
        return Files.exists(status)
                ? Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0)
                : 0;
    }

    @Test
    void aReaderWhoTakesNothingHoldsNobodyUp() throws Exception {
        rbees.startOrchestrator();
        worker(Duration.ofMillis(1));
        begin(1, 3_000);
        String task = readers.getFirst().task();
        URI url = URI.create(rbees.url());
        try (Socket stuck = new Socket(url.getHost(), url.getPort())) {
            stuck.setReceiveBufferSize(4_096);
            stuck.getOutputStream().write(("GET /v2/tasks/" + task + "/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            history.fault("a reader takes nothing");
            Installation.await(() -> history.readToTheEnd() == 1);
        }
        ChaosReader late = new ChaosReader(rbees, history, task, "", PATIENCE);
        late.run();
        settle("F13-slow-reader", "F13: a reader takes nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void anAskToEndIsHeardUnderLoadAndTheQueueIsThereAfterwards(String signal) throws Exception {
        if (signal.equals("INT")) {
            Interrupts.assumeHeard();
        }
        rbees.startOrchestrator();
        worker(PACE);
        for (int time = 1; time <= 2; time++) {
            begin(6, 600);
            Thread.sleep(1_000);
            history.fault("SIG" + signal);
            long began = System.nanoTime();
            rbees.signal(signal, rbees.orchestratorPid());
            assertThat(rbees.awaitOrchestratorsEnd()).isZero();
            history.figure("end " + time, Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
            rbees.startOrchestrator();
        }
        settle("F18-SIG" + signal, "F18: the orchestrator is asked to end by SIG" + signal);
    }

    private FaultProxy link(int port) throws IOException {
        FaultProxy link = new FaultProxy(port);
        links.add(link);
        return link;
    }

    @Test
    void aBadLinkToAWorkerEndsInAnAnswerOrAnErrorAndNeverHangs() throws Exception {
        rbees.startOrchestrator();
        PacedWorker behind = newWorker(PACE);
        FaultProxy link = link(behind.port());
        behind.join(link.port());
        worker(PACE); // why: the circuit of the other one opens, and a task that lost three workers would be given up
        for (FaultProxy.Fault fault : List.of(FaultProxy.Fault.SLICED, FaultProxy.Fault.LATE, FaultProxy.Fault.SLOW,
                FaultProxy.Fault.RESET, FaultProxy.Fault.CUT)) {
            history.fault("the link to one of two workers is " + fault);
            link.fault(fault);
            begin(4, 40);
            Installation.await(() -> history.readToTheEnd() == history.tasks().size());
        }
        settle("F6-link-to-worker", "F6: the link to a worker is bad");
    }

    @Test
    void aBadLinkToReadersCostsThemNothing() throws Exception {
        rbees.startOrchestrator();
        worker(PACE);
        FaultProxy link = link(URI.create(rbees.url()).getPort());
        rbees.readThrough(link.port());
        for (FaultProxy.Fault fault : List.of(FaultProxy.Fault.SLICED, FaultProxy.Fault.LATE, FaultProxy.Fault.SLOW,
                FaultProxy.Fault.RESET, FaultProxy.Fault.CUT)) {
            history.fault("the link to readers is " + fault);
            link.fault(fault);
            begin(4, 60);
            Thread.sleep(3_000);
        }
        link.fault(FaultProxy.Fault.NONE);
        settle("F6-link-to-readers", "F6: the link to readers is bad");
        assertThat(readers).allSatisfy(reader -> assertThat(reader.tokens()).hasSize(60));
    }

    @Test
    void aWorkerThatCannotBeHeardIsLeftAndWhatItSaysLateIsNotTaken() throws Exception {
        rbees.startOrchestrator();
        PacedWorker behind = newWorker(PACE);
        FaultProxy link = link(behind.port());
        behind.join(link.port());
        worker(PACE);
        Installation.await(() -> rbees.get("/v2/workers").size() == 2);
        begin(6, 300);
        Thread.sleep(1_000);
        history.fault("nothing comes from one of two workers");
        link.fault(FaultProxy.Fault.SILENT);
        Thread.sleep(LONG ? 60_000 : 22_000);
        history.fault("it is heard again");
        link.fault(FaultProxy.Fault.NONE);
        settle("F5-worker-not-heard", "F3 and F5: a worker cannot be heard, and then it can");
        assertThat(readers).allSatisfy(reader -> assertThat(reader.tokens()).hasSize(300));
        assertThat(readers.stream().mapToInt(reader -> rbees.get("/v2/tasks/" + reader.task()).get("attempts").size()))
                .contains(2);
    }
}
