package dev.rbees.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.e2e.Installation.Ran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The installed programs under fire: workers and the orchestrator are killed and stopped at random while tasks run and are read.
 * Afterwards every accepted task has come to exactly one end, every reader has seen its log without gap or repeat, and what is
 * said to be exact is what an undisturbed run makes. {@code -Dchaos.seed=N -Dchaos.seconds=600} is another, longer run:
 * {@code mvn verify -Dit.test=ChaosIT -Dchaos.seconds=600}.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ChaosIT {

    private static final long SEED = Long.getLong("chaos.seed", 1);
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("chaos.seconds", 30));
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    static Path folder;

    private static Installation rbees;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<ChaosReader> readers = new ArrayList<>();
    private final History history = new History();

    @BeforeAll
    static void install() throws IOException {
        rbees = Installation.in(folder.resolve("chaos"));
        Ran download = rbees.run("rbees-pool", "models", "download", Installation.MODEL);
        assumeTrue(download.exit() != 5, () -> "no source of the default model can be reached: " + download.err());
        assertThat(download.exit()).as(download.err()).isZero();
        rbees.startOrchestrator();
        for (int i = 0; i < WORKERS; i++) {
            rbees.spawn("--slots", "3", "--threads", "1", "--context-length", "512");
        }
        Installation.await(() -> rbees.get("/v2/workers").size() == WORKERS);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        rbees.stop();
    }

    @Test
    void whatWasAcceptedComesToOneEndWhateverDies() throws Exception {
        long end = System.nanoTime() + TIME.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; System.nanoTime() < end; number++) {
                submit(number, threads);
                if (number % 4 == 3) {
                    disturb();
                }
                Thread.sleep(random.nextInt(100, 900));
            }
            heal();
            threads.shutdown();
            assertThat(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("every reader came to an end, after " + history.faults()).isTrue();
        }
        check();
    }

    private void submit(int number, ExecutorService threads) {
        String fields = "\"prompt\":\"Chapter " + number
                + ". Once upon a time\",\"ignore_eos\":true,\"temperature\":0.8,\"seed\":"
                + number + ",\"max_tokens\":" + random.nextInt(20, 160);
        try {
            ChaosReader reader = new ChaosReader(rbees, history, rbees.submit(fields), fields, PATIENCE.plus(TIME));
            history.accepted(reader.task());
            readers.add(reader);
            threads.execute(reader);
        } catch (IllegalStateException | AssertionError e) {
            history.refused();
        }
    }

    private void disturb() throws IOException, InterruptedException {
        JsonNode workers = rbees.json("rbees-pool", "worker", "list");
        long pid = workers.isEmpty() ? 0 : workers.get(random.nextInt(workers.size())).get("pid").asLong();
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                history.fault("kill -9 of worker " + pid);
                signal("KILL", pid);
                rbees.spawn("--slots", "3", "--threads", "1", "--context-length", "512");
            }
            case 2 -> {
                history.fault("SIGSTOP of worker " + pid);
                signal("STOP", pid);
                Thread.sleep(random.nextInt(500, 4_000));
                signal("CONT", pid);
            }
            case 3 -> {
                history.fault("kill -9 of the orchestrator");
                rbees.killOrchestrator();
                rbees.startOrchestrator();
            }
            default -> {
                history.fault("SIGTERM of the orchestrator");
                rbees.endOrchestrator();
                rbees.startOrchestrator();
            }
        }
    }

    private static void signal(String name, long pid) {
        if (pid != 0) {
            rbees.run(Map.of(), List.of("kill", "-" + name, "" + pid));
        }
    }

    private static void heal() {
        Installation.await(() -> {
            JsonNode workers = rbees.get("/v2/workers");
            return IntStream.range(0, workers.size())
                    .filter(i -> List.of("ready", "busy").contains(workers.get(i).get("status").asString()))
                    .count() >= WORKERS;
        });
    }

    private void check() throws IOException, InterruptedException {
        int completed = 0;
        int continued = 0;
        for (ChaosReader reader : readers) {
            JsonNode record = rbees.get("/v2/tasks/" + reader.task());
            String what = "task " + reader.task() + " with " + reader.fields() + " after " + history.faults() + ": "
                    + record;
            history.found(reader.task(), record.get("status").asString());
            assertThat(record.get("status").asString()).as(what).isIn("COMPLETED", "FAILED");
            if (record.get("status").asString().equals("FAILED")) {
                assertThat(record.at("/error/code").asString()).as(what).isEqualTo("POISON_TASK");
                continue;
            }
            completed++;
            JsonNode attempts = Objects.requireNonNull(record.get("attempts"));
            continued += attempts.size() > 1 ? 1 : 0;
            boolean exact = IntStream.range(0, attempts.size()).allMatch(i -> attempts.get(i).get("exact").asBoolean());
            assertThat(exact).as(what).isTrue();
            assertThat(reader.tokens()).as(what).isEqualTo(undisturbed(reader.fields()));
        }
        history.figure("completed", completed);
        history.figure("of them in several attempts", continued);
        history.report(Installation.REPORTS.resolve("random.md"), "Workers and the orchestrator die at random", SEED);
        assertThat(history.violations()).isEmpty();
        assertThat(completed).isGreaterThan(readers.size() / 2);
    }

    private static List<Integer> undisturbed(String fields) throws IOException, InterruptedException {
        return rbees.events(rbees.submit(fields)).stream().filter(event -> event.get("type").asString().equals("token"))
                .map(event -> event.get("id").asInt()).toList();
    }
}
