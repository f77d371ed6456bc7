package dev.rbees.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.e2e.Installation.Ran;
import dev.rbees.remote.OpenSshServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The main job with a real model through all installed programs: download, spawn, ask, kill, stop. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholePathIT {

    private static final int SLOTS = 4;
    private static final String QUESTION = "Name the capital city of France.";
    private static final String ASKED = "\"messages\":[{\"role\":\"user\",\"content\":\"" + QUESTION + "\"}]";

    @TempDir
    static Path folder;

    private static Installation rbees;

    @BeforeAll
    static void install() throws IOException {
        rbees = Installation.in(folder.resolve("main"));
        Ran download = rbees.run("rbees-pool", "models", "download", Installation.MODEL);
        assumeTrue(download.exit() != 5, () -> "no source of the default model can be reached: " + download.err());
        assertThat(download.exit()).as(download.err()).isZero();
        rbees.startOrchestrator();
        JsonNode worker = rbees.spawn("--slots", "" + SLOTS);
        assertThat(worker.get("status").asString()).isEqualTo("ready");
        Installation.await(() -> rbees.get("/v2/workers").size() == 1);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        rbees.stop();
    }

    private static List<Integer> tokens(String fields) throws IOException, InterruptedException {
        return rbees.events(rbees.submit(fields)).stream().filter(event -> event.get("type").asString().equals("token"))
                .map(event -> event.get("id").asInt()).toList();
    }

    /** Has exactly so many tokens. */
    private static String story(int tokens) {
        return "\"prompt\":\"Once upon a time\",\"ignore_eos\":true,\"max_tokens\":" + tokens;
    }

    @Test
    @Order(1)
    void theSystemKnowsTheCapitalOfFrance() {
        Ran ran = rbees.run("rbees", "jobs", "submit", "--model", Installation.MODEL, "--prompt", QUESTION, "--temperature",
                "0",
                "--follow");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("Paris");
    }

    @Test
    @Order(1)
    void theSameRequestGivesTheSameTokens() throws IOException, InterruptedException {
        assertThat(tokens(ASKED + ",\"temperature\":0")).isNotEmpty().isEqualTo(tokens(ASKED + ",\"temperature\":0"));
        String seeded = "\"prompt\":\"The sea\",\"temperature\":0.8,\"seed\":11,\"max_tokens\":40";
        assertThat(tokens(seeded)).hasSize(40).isEqualTo(tokens(seeded)).isNotEqualTo(tokens(seeded.replace("11", "12")));
    }

    @Test
    @Order(1)
    void aStreamIsTheSameFromWhereverItIsTakenUp() throws IOException, InterruptedException {
        String task = rbees.submit(ASKED + ",\"temperature\":0");
        List<JsonNode> all = rbees.events(task);
        assertThat(all.getFirst().get("type").asString()).isEqualTo("queued");
        assertThat(all.getLast().get("type").asString()).isEqualTo("end");
        assertThat(rbees.events(task)).isEqualTo(all);
    }

    @Test
    @Order(1)
    void moreTasksThanSlotsAllEnd() throws IOException, InterruptedException {
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            tasks.add(rbees.submit("\"prompt\":\"Count to " + i + "\",\"max_tokens\":12"));
        }
        for (String task : tasks) {
            assertThat(rbees.events(task).getLast().get("type").asString()).isEqualTo("end");
        }
    }

    @Test
    @Order(1)
    void asksAWorkerDirectly() {
        String endpoint = rbees.json("rbees-pool", "worker", "list").get(0).get("endpoint").asString();
        assertThat(rbees.ok("rbees", "infer", "--worker", endpoint.replace("http://", ""), "--prompt", QUESTION,
                "--temperature", "0")).contains("Paris");
    }

    /** Twenty prompts, greedy and drawn, with up to three others in the same batch. */
    @Test
    @Order(1)
    void anAnswerThatWasCutGoesOnBitForBit() throws Exception {
        String endpoint = rbees.json("rbees-pool", "worker", "list").get(0).get("endpoint").asString();
        List<Callable<Void>> checks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String fields = "\"prompt\":\"Chapter " + i + ". Once upon a time there " + "was, ".repeat(i)
                    + "\",\"max_tokens\":66,\"ignore_eos\":true,\"seed\":" + i + ",\"temperature\":" + i % 3 * 0.5;
            checks.add(() -> {
                List<String> whole = execute(endpoint, fields);
                assertThat(whole).hasSize(66);
                for (int cut : List.of(1, 7, 33, 64)) {
                    List<Integer> ids = whole.subList(0, cut).stream()
                            .map(token -> Installation.tree(token).get("id").asInt())
                            .toList();
                    assertThat(execute(endpoint, fields + ",\"resume\":{\"token_ids\":" + ids + "}"))
                            .isEqualTo(whole.subList(cut, 66));
                }
                return null;
            });
        }
        try (ExecutorService readers = Executors.newFixedThreadPool(SLOTS)) {
            for (Future<Void> check : readers.invokeAll(checks)) {
                check.get();
            }
        }
    }

    /** The token events of a worker's answer. */
    private static List<String> execute(String worker, String fields) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(worker + "/execute"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"job_id\":\"" + UUID.randomUUID() + "\"," + fields + "}")).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, BodyHandlers.ofString()).body().lines()
                    .filter(line -> line.startsWith("data: {\"type\":\"token\"")).map(line -> line.substring(6)).toList();
        }
    }

    @Test
    @Order(1)
    void speaksOpenAi() {
        HttpResponse<String> answer = rbees.send("POST", "/v1/chat/completions",
                "{\"model\":\"" + Installation.MODEL + "\",\"temperature\":0," + ASKED + "}");
        assertThat(Installation.tree(answer.body()).at("/choices/0/message/content").asString()).contains("Paris");
        String stream = rbees.send("POST", "/v1/chat/completions",
                "{\"model\":\"" + Installation.MODEL + "\",\"stream\":true,\"temperature\":0," + ASKED + "}").body();
        assertThat(stream).contains("chat.completion.chunk").endsWith("data: [DONE]\n\n");
    }

    @Test
    @Order(1)
    void leavingAStreamFreesTheWorker() throws IOException, InterruptedException {
        String task = rbees.submit(story(1500) + ",\"on_disconnect\":\"cancel\"");
        try (Stream<String> lines = rbees.follow(task)) {
            assertThat(lines.anyMatch(line -> line.equals("event: token"))).isTrue();
        }
        Installation.await(() -> rbees.get("/v2/tasks/" + task).get("status").asString().equals("CANCELLED"));
        Installation.await(() -> rbees.get("/v2/workers").get(0).get("slots_free").asInt() == SLOTS);
    }

    @Test
    @Order(2)
    void drivesThePoolOfAnotherMachineOverSsh() throws Exception {
        String environment = "SetEnv RBEES_HOME=" + rbees.home() + " RBEES_ORCHESTRATOR_URL=" + rbees.url() + " PATH="
                + Installation.DISTRIBUTION.resolve("bin") + ":/usr/bin:/bin";
        try (OpenSshServer machine = new OpenSshServer(folder.resolve("machine"), List.of(environment))) {
            Path config = Files.writeString(folder.resolve("ssh_config"),
                    """
                    Host box
                      HostName 127.0.0.1
                      Port %d
                      User %s
                      IdentityFile %s/key
                      UserKnownHostsFile %s
                    """.formatted(machine.port(), System.getProperty("user.name"), machine.folder(), machine.knownHosts()));
            Map<String, String> ssh = Map.of("RBEES_SSH_CONFIG", config.toString());
            Ran listed = rbees.run(ssh, "rbees", "pool", "worker", "list", "--host", "box", "--output", "json");
            assertThat(listed.exit()).as(listed.err()).isZero();
            assertThat(Installation.tree(listed.out())).hasSize(1);
            Ran spawned = rbees.run(ssh, "rbees", "pool", "worker", "spawn", "cpu", "--model", Installation.MODEL, "--slots",
                    "1",
                    "--host", "box", "--output", "json");
            assertThat(spawned.exit()).as(spawned.err()).isZero();
            String id = Installation.tree(spawned.out()).get("worker_id").asString();
            Installation.await(() -> rbees.get("/v2/workers").size() == 2);
            assertThat(rbees.run(ssh, "rbees", "pool", "worker", "stop", id, "--host", "box").exit()).isZero();
            assertThat(rbees.run(ssh, "rbees", "pool", "worker", "stop", "nobody", "--host", "box").exit()).isEqualTo(3);
        }
    }

    @Test
    @Order(3)
    void theDeathOfTheOrchestratorLosesNothingThatWasAccepted() throws Exception {
        String finished = rbees.submit(ASKED + ",\"temperature\":0");
        List<JsonNode> before = rbees.events(finished);
        List<String> waiting = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            rbees.submit(story(300));
        }
        for (int i = 0; i < 3; i++) {
            waiting.add(rbees.submit("\"prompt\":\"Count to " + i + "\",\"max_tokens\":8"));
        }
        rbees.killOrchestrator();
        rbees.startOrchestrator();
        assertThat(rbees.events(finished)).isEqualTo(before);
        assertThat(rbees.get("/v2/tasks/" + finished).get("status").asString()).isEqualTo("COMPLETED");
        for (String task : waiting) {
            assertThat(rbees.events(task).getLast().get("type").asString()).isEqualTo("end");
        }
    }

    @Test
    @Order(4)
    void anAnswerOutlivesItsWorker() throws Exception {
        Installation.await(() -> rbees.get("/v2/workers").size() == 1);
        List<Integer> undisturbed = tokens(story(200) + ",\"seed\":5");
        long pid = rbees.json("rbees-pool", "worker", "list").get(0).get("pid").asLong();
        String task = rbees.submit(story(200) + ",\"seed\":5");
        try (Stream<String> lines = rbees.follow(task)) {
            assertThat(lines.filter(line -> line.equals("event: token")).limit(6)).hasSize(6);
        }
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        rbees.spawn("--slots", "" + SLOTS);
        List<JsonNode> events = rbees.events(task);
        assertThat(events.getLast().get("type").asString()).isEqualTo("end");
        assertThat(events.stream().filter(event -> event.get("type").asString().equals("token"))
                .map(event -> event.get("id").asInt())).isEqualTo(undisturbed);
        assertThat(rbees.get("/v2/tasks/" + task).at("/attempts/1/exact").asBoolean()).isTrue();
        Installation.await(() -> rbees.get("/v2/workers").size() == 1);
    }

    @Test
    @Order(5)
    void stopAllLeavesNothing() {
        rbees.spawn();
        rbees.ok("rbees-pool", "worker", "stop-all", "--yes");
        assertThat(rbees.json("rbees-pool", "worker", "list")).isEmpty();
        Installation.await(() -> rbees.get("/v2/workers").isEmpty());
    }
}
