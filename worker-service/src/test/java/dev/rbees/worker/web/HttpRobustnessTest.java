package dev.rbees.worker.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.cli.CommandLine;
import dev.rbees.service.Daemon;
import dev.rbees.service.ErrorFormat;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.lifecycle.Shutdown;
import dev.rbees.worker.lifecycle.WorkerSettings;
import dev.rbees.worker.lifecycle.WorkerState;
import dev.rbees.worker.testing.StoryRules;
import dev.rbees.worker.testing.TinyEngine;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that come and go over real sockets. */
class HttpRobustnessTest {

    private static final int SLOTS = 4;
    private static final int CLIENTS = 6;
    private static final int REQUESTS = 200;
    private static final long SEED = 4;

    @TempDir
    static Path folder;

    private static ConfigurableApplicationContext context;
    private static Engine engine;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        engine = TinyEngine.open(folder, SLOTS, Clock.systemUTC(), registry);
        WorkerState state = new WorkerState(new Liveness(_ -> {
        }));
        state.loaded(new WorkerState.Loaded(engine, "0".repeat(64), "Q8_0", "0123456789abcdef", List.of()));
        WorkerSettings settings = WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, List.of("--model",
                folder.resolve("tiny.gguf").toString(), "--model-id", "tiny", "--slots", "" + SLOTS)), Map.of());
        context = new SpringApplicationBuilder(WorkerHttpTest.Application.class).properties(Daemon.DEFAULTS)
                .properties("server.port=0")
                .initializers(c -> {
                    c.getBeanFactory().registerSingleton("settings", settings);
                    c.getBeanFactory().registerSingleton("state", state);
                    c.getBeanFactory().registerSingleton("registry", registry);
                    c.getBeanFactory().registerSingleton("clock", Clock.systemUTC());
                    c.getBeanFactory().registerSingleton("errorFormat", ErrorFormat.NATIVE);
                    c.getBeanFactory().registerSingleton("shutdown", (Shutdown) () -> {
                    });
                }).run();
        port = Integer.parseInt(context.getEnvironment().getProperty("local.server.port", ""));
    }

    @AfterAll
    static void stop() {
        context.close();
        engine.close();
    }

    /** How a client behaves. */
    private enum Manner {
        READS_ALL,
        LEAVES_BEFORE_THE_ANSWER,
        LEAVES_IN_BETWEEN,
        CANCELS,
        HAS_LITTLE_TIME,
        SENDS_HALF_A_BODY
    }

    /** What came of a request: an HTTP status, and a story when it was read to its end. */
    private record Outcome(Manner manner, int status, List<TaskEvent> story) {}

    @Test
    void clientsThatComeAndGoLeaveNothingBehind() throws Exception {
        List<Callable<List<Outcome>>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int number = client;
            clients.add(() -> requests(number));
        }
        Map<Manner, Integer> answered = new EnumMap<>(Manner.class);
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (Future<List<Outcome>> client : threads.invokeAll(clients)) {
                for (Outcome outcome : client.get()) {
                    assertThat(outcome.status()).isIn(0, 200, 503, 504);
                    if (outcome.status() == 200) {
                        answered.merge(outcome.manner(), 1, Integer::sum);
                    }
                    if (!outcome.story().isEmpty()) {
                        StoryRules.check(outcome.story(), 0);
                    }
                }
            }
        }
        assertThat(answered).containsKeys(Manner.READS_ALL, Manner.LEAVES_IN_BETWEEN, Manner.CANCELS);
        assertThat(engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
        assertThat(request("after", Manner.READS_ALL, new Random(1)).story().getLast()).isInstanceOf(TaskEvent.End.class);
    }

    private static List<Outcome> requests(int client) throws IOException {
        Random random = new Random(SEED + client);
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < REQUESTS / CLIENTS + 1; i++) {
            Manner manner = Manner.values()[random.nextInt(Manner.values().length)];
            outcomes.add(request("c" + client + "-" + i, manner, random));
        }
        return outcomes;
    }

    private static Outcome request(String job, Manner manner, Random random) throws IOException {
        String body = "{\"job_id\":\"%s\",\"prompt\":\"hello\",\"max_tokens\":%d,\"seed\":%d,\"ignore_eos\":true}"
                .formatted(job, 1 + random.nextInt(120), random.nextInt(1000));
        long deadline = Clock.systemUTC().millis() + (manner == Manner.HAS_LITTLE_TIME ? random.nextInt(30) : 60_000);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String head = "POST /execute HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    + "X-Deadline: " + deadline + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
            String sent = manner == Manner.SENDS_HALF_A_BODY ? head + body.substring(0, body.length() / 2) : head + body;
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
            if (manner == Manner.SENDS_HALF_A_BODY || manner == Manner.LEAVES_BEFORE_THE_ANSWER) {
                return new Outcome(manner, 0, List.of());
            }
            return read(socket, job, manner, manner == Manner.LEAVES_IN_BETWEEN ? 1 + random.nextInt(8) : Integer.MAX_VALUE);
        }
    }

    private static Outcome read(Socket socket, String job, Manner manner, int most) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        int status = Integer.parseInt(reader.readLine().split(" ", 3)[1]);
        List<TaskEvent> story = new ArrayList<>();
        for (String line = reader.readLine(); line != null && status == 200; line = reader.readLine()) {
            if (line.startsWith("data: ")) {
                story.add(TaskEvent.parse(line.substring("data: ".length())));
                if (story.size() == most) {
                    // why: a reset, not a polite end, is what the death of a client looks like
                    socket.setSoLinger(true, 0);
                    return new Outcome(manner, status, List.of());
                }
                if (story.size() == 2 && manner == Manner.CANCELS) {
                    engine.cancel(job);
                }
            }
        }
        return new Outcome(manner, status, story);
    }
}
