package dev.rbees.pool.process;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.home.RbeesHome;

/** What the tests of worker processes have in common: a home, an installation whose worker is {@link FakeWorkerd}, and an end. */
abstract class Spawning {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final ModelEntry MODEL = new ModelEntry("tiny", "Tiny", true, "gguf", null, null, 4, "ab".repeat(32),
            "/models/tiny file.gguf", null, null, null);

    @TempDir
    Path folder;

    final List<String> progress = new ArrayList<>();
    Path workers;
    WorkerRecords records;

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

    WorkerSpawner spawner(String behaviour, Duration stall, int cores) {
        Map<String, String> environment = new HashMap<>(Map.of("RBEES_INSTALL", folder.toString(), "FAKE_WORKER", behaviour,
                "PATH", System.getenv().getOrDefault("PATH", "")));
        StartUp startUp = new StartUp(records, new HealthProbe(Duration.ofSeconds(2)),
                new Termination(Duration.ofSeconds(5), Duration.ofSeconds(5)), PATIENCE, stall);
        return new WorkerSpawner(records, new WorkerProgram(environment), startUp, plenty(), Clock.systemUTC(),
                new SplittableRandom(records.all().size()), cores);
    }

    WorkerFleet fleet(Duration grace, InstantSource clock) {
        return new WorkerFleet(records, new WorkerProgram(Map.of()), new HealthProbe(Duration.ofSeconds(2)),
                new Termination(grace, Duration.ofSeconds(5)),
                clock);
    }

    WorkerFleet fleet() {
        return fleet(Duration.ofSeconds(10), Clock.systemUTC());
    }

    static SpawnRequest request(Optional<Integer> port, Optional<Integer> threads) {
        return new SpawnRequest(Backend.CPU, Optional.empty(), "tiny", Optional.of("http://127.0.0.1:1,http://127.0.0.1:2"),
                false,
                Optional.empty(), Optional.empty(), port, Optional.of(2), threads, Optional.empty(),
                SpawnRequest.Weights.DEFAULT);
    }

    static SpawnRequest request() {
        return request(Optional.empty(), Optional.empty());
    }

    /** A machine on which nothing is missing. */
    Preflight plenty() {
        return new Preflight(new RbeesHome(folder.resolve("home")),
                () -> new PoolStatus.Memory(Long.MAX_VALUE, Long.MAX_VALUE),
                path -> new PoolStatus.Disk(path.toString(), Long.MAX_VALUE, Long.MAX_VALUE),
                () -> List.of(new PoolStatus.Gpu(1, "card", Long.MAX_VALUE, Long.MAX_VALUE, "9.0")));
    }

    WorkerProcess spawn(String behaviour) {
        return spawner(behaviour, PATIENCE, 4).spawn(request(), MODEL, List.of(),
                (_, phase, percent) -> progress.add(phase + " " + percent));
    }

    static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
