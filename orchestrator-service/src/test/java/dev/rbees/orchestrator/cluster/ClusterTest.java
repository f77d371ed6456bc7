package dev.rbees.orchestrator.cluster;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.store.PostgresAddress;
import dev.rbees.orchestrator.testing.OrchestratorProgram;
import dev.rbees.orchestrator.testing.PostgresServer;
import dev.rbees.orchestrator.testing.ScriptedWorker;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** Two orchestrators on one real database, as processes that die and hang. */
class ClusterTest {

    private static final String TOKEN = "token-".repeat(8);
    private static PostgresServer server;

    @TempDir
    Path folder;

    private final List<OrchestratorProgram> programs = new ArrayList<>();
    private PostgresAddress database;
    private OrchestratorProgram leader;
    private OrchestratorProgram standby;
    private ScriptedWorker worker;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        database = server.createDatabase();
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        leader = program("one");
        leader.awaitLog("for who shows the token");
        Path keys = Files.createDirectories(folder.resolve("two/keys"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.copy(folder.resolve("one/keys/prompts.key"), keys.resolve("prompts.key"));
        standby = program("two");
        standby.awaitLog("standing by");
        worker = new ScriptedWorker("w1", "tiny", 4);
        register();
    }

    private OrchestratorProgram program(String name) throws IOException {
        int port = OrchestratorProgram.freePort();
        OrchestratorProgram program = OrchestratorProgram.start(folder.resolve(name + ".log"), port, TOKEN,
                Map.of("RBEES_HOME", folder.resolve(name).toString(), "RBEES_MODE", "lab", "RBEES_API_TOKEN_FILE",
                        folder.resolve("token").toString()),
                "--database", "postgresql://" + database.user() + "@" + database.host() + ":" + database.port() + "/"
                        + database.database(),
                "--advertise-url", "http://127.0.0.1:" + port);
        programs.add(program);
        return program;
    }

    /** As a worker does: wherever it registers, the leader gets to know it. */
    private void register() {
        Waiting.until(() -> standby.send("POST", "/v2/workers/register", worker.registration())
                .statusCode() == 201);
    }

    @AfterEach
    void stop() {
        if (worker != null) {
            worker.close();
        }
        programs.forEach(OrchestratorProgram::close);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8));
    }

    private static String submit(OrchestratorProgram to, String prompt) {
        HttpResponse<String> accepted = to.send("POST", "/v2/tasks", "{\"model\":\"tiny\",\"prompt\":\"" + prompt + "\"}");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return json(accepted).get("job_id").asString();
    }

    private static String path(String task) {
        return "/v2/tasks/" + task + "/events";
    }

    private static List<String> types(OrchestratorProgram from, String task, String after) {
        return from.send("GET", path(task), "", "Last-Event-ID", after).body().lines()
                .filter(line -> line.startsWith("event: ")).map(line -> line.substring(7)).toList();
    }

    @Test
    void anyTakesTasksAndServesAnyStream() {
        String task = submit(standby, "say 2");
        assertThat(types(leader, task, "0")).containsSubsequence("started", "token", "token", "end");
        assertThat(types(standby, task, "0")).isEqualTo(types(leader, task, "0"));
        assertThat(standby.send("GET", "/health/live", "").statusCode()).isEqualTo(200);
        assertThat(standby.send("GET", "/v2/tasks/none", "").statusCode()).isEqualTo(404);
        assertThat(json(standby.send("POST", "/v2/tasks", "{}")).at("/error/code").asString())
                .isEqualTo("INVALID_REQUEST");
    }

    @Test
    void whenTheLeaderDiesTheOtherGoesOnWithItsTasksBehindWhatWasSaid() throws Exception {
        String task = submit(standby, "hold");
        String seen = lastOfFirstToken(standby, task);
        leader.signal("KILL");
        standby.awaitLog("for who shows the token");
        register();
        worker.release();
        assertThat(types(standby, task, seen)).endsWith("end").doesNotContain("token", "started");
        assertThat(json(standby.send("GET", "/v2/tasks/" + task, "")).get("attempts")).hasSize(2);
    }

    @Test
    void aLeaderThatHangsLosesItsLeadAndFollowsWhenItComesBack() throws Exception {
        String task = submit(leader, "hold");
        String seen = lastOfFirstToken(leader, task);
        leader.signal("STOP");
        try {
            standby.awaitLog("for who shows the token");
        } finally {
            leader.signal("CONT");
        }
        leader.awaitLog("standing by");
        register();
        worker.release();
        assertThat(types(standby, task, seen)).endsWith("end").doesNotContain("token", "started");
        assertThat(types(leader, task, "0")).containsSubsequence("started", "token", "end").containsOnlyOnce("token");
        standby.signal("TERM");
        assertThat(standby.exit()).isZero();
        leader.awaitLog("taking over");
    }

    private static String lastOfFirstToken(OrchestratorProgram from, String task) throws IOException, InterruptedException {
        try (Stream<String> lines = from.lines(path(task))) {
            List<String> seen = new ArrayList<>();
            lines.takeWhile(line -> !line.startsWith("data: {\"type\":\"token\"")).forEach(seen::add);
            return seen.stream().filter(line -> line.startsWith("id: ")).map(line -> line.substring(4)).toList().getLast();
        }
    }
}
