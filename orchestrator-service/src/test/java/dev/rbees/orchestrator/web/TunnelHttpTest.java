package dev.rbees.orchestrator.web;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.testing.OrchestratorOverHttp;
import dev.rbees.orchestrator.testing.ScriptedWorker;
import dev.rbees.remote.OpenSshServer;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** A worker that is reached through a real OpenSSH server. */
class TunnelHttpTest extends OrchestratorOverHttp {

    @TempDir
    Path folder;

    private static String status(ScriptedWorker worker, int port) {
        return """
               {"schema":1,"host":"cellar","memory":{"total_bytes":1,"available_bytes":1},
               "disk":{"path":"/m","total_bytes":1,"free_bytes":1},"gpus":[],"models":[],
               "workers":[{"worker_id":"%s","pid":1,"port":%d,"endpoint":"e","backend":"cpu","model":"tiny","status":"ready",
               "slots_total":1,"started_at":"2026-11-27T12:00:00.000Z"}]}""".formatted(worker.id(), port).replace("\n", "");
    }

    private String registration(OpenSshServer server, boolean tunnel) throws Exception {
        String[] key = Files.readString(server.folder().resolve("host.pub")).split(" ", -1);
        return Json.write(Map.of("id", "cellar", "host", "127.0.0.1", "port", server.port(), "user",
                System.getProperty("user.name"), "tunnel", tunnel, "host_keys", List.of(key[0] + " " + key[1]), "key_file",
                server.folder().resolve("key").toString()));
    }

    @Test
    void aTaskGoesThroughTheTunnelAndNothingElseDoes() throws Exception {
        try (OpenSshServer server = new OpenSshServer(folder.resolve("ssh"), List.of());
                ScriptedWorker worker = new ScriptedWorker("w1", "tiny", 1)) {
            JsonNode own = Json.readTree(worker.registration().getBytes(StandardCharsets.UTF_8));
            int port = own.get("port").asInt();
            String behind = worker.registration().replace("\"127.0.0.1\"", "\"cellar.pool.invalid\"");

            assertThat(orchestrator.send("POST", "/v2/workers/register", behind).statusCode()).as("no such pool")
                    .isEqualTo(400);
            server.poolIs("echo '" + status(worker, port + 1) + "'");
            orchestrator.send("POST", "/v2/pools", registration(server, false));
            assertThat(orchestrator.send("POST", "/v2/workers/register", behind).statusCode()).as("no tunnel")
                    .isEqualTo(400);

            orchestrator.send("POST", "/v2/pools", registration(server, true));
            Waiting.until(() -> orchestrator.get("/v2/pools/cellar").get("state").asString().equals("online"));
            HttpResponse<String> elsewhere = orchestrator.send("POST", "/v2/workers/register", behind);
            assertThat(elsewhere.statusCode()).as("the pool shows it at another port").isEqualTo(503);
            assertThat(code(elsewhere)).isEqualTo("POOL_UNAVAILABLE");

            server.poolIs("echo '" + status(worker, port) + "'");
            Waiting.until(() -> orchestrator.send("POST", "/v2/workers/register", behind).statusCode() == 201);
            assertThat(orchestrator.get("/v2/workers").get(0).get("endpoint").asString()).startsWith("http://127.0.0.1:")
                    .isNotEqualTo("http://127.0.0.1:" + port);
            orchestrator.awaitStatus(orchestrator.submit("say 3"), "COMPLETED");
            assertThat(worker.prompts()).containsExactly("say 3");
        }
    }
}
