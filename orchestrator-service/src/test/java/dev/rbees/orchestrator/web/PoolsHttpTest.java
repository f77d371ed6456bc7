package dev.rbees.orchestrator.web;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.orchestrator.testing.OrchestratorOverHttp;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

class PoolsHttpTest extends OrchestratorOverHttp {

    /** At a port where nobody listens. */
    private static final String CELLAR = """
                                         {"id":"cellar","host":"127.0.0.1","port":1,"labels":{"room":"cellar"},
                                          "on_demand":true}""";

    private JsonNode pool(String id) {
        return orchestrator.get("/v2/pools/" + id);
    }

    @Test
    void aPoolIsRegisteredListedProbedAndForgotten() {
        assertThat(orchestrator.get("/v2/pools").size()).isZero();
        HttpResponse<String> registered = orchestrator.send("POST", "/v2/pools", CELLAR);
        assertThat(registered.statusCode()).as(registered.body()).isEqualTo(201);
        assertThat(body(registered).get("id").asString()).isEqualTo("cellar");
        assertThat(body(registered).get("state").asString()).isEqualTo("unreachable");
        assertThat(orchestrator.get("/v2/pools").get(0).at("/labels/room").asString()).isEqualTo("cellar");
        assertThat(orchestrator.get("/health").get("pools").asInt()).isEqualTo(1);
        Waiting.until(() -> pool("cellar").path("problem").asString("").contains("refuses the connection"));
        assertThat(orchestrator.send("GET", "/metrics", "").body()).contains("orchd_pools{state=\"unreachable\"} 1");

        assertThat(orchestrator.send("POST", "/v2/pools", CELLAR).statusCode()).as("again").isEqualTo(200);
        assertThat(orchestrator.send("DELETE", "/v2/pools/cellar", "").statusCode()).isEqualTo(204);
        HttpResponse<String> gone = orchestrator.send("DELETE", "/v2/pools/cellar", "");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(code(gone)).isEqualTo("POOL_NOT_FOUND");
        assertThat(orchestrator.send("GET", "/v2/pools/cellar", "").statusCode()).isEqualTo(404);
        assertThat(orchestrator.get("/v2/pools").size()).isZero();
    }

    @Test
    void allProblemsAreToldAtOnce() {
        HttpResponse<String> refused = orchestrator.send("POST", "/v2/pools", """
                                                                              {"id":"-x","host":"-oProxyCommand=id","port":0,
                                                                               "user":"a b","path":"bin","labels":{"a":1},
                                                                               "host_keys":["nonsense"],"key_file":"k",
                                                                               "on_demand":"yes","hots":1}""");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(body(refused).at("/error/details/errors").values().stream().map(error -> error.get("field").asString()))
                .containsExactlyInAnyOrder("id", "host", "port", "user", "path", "labels", "host_keys", "key_file",
                        "on_demand",
                        "hots");
        assertThat(orchestrator.send("POST", "/v2/pools", "{\"id\":\"a\",\"host\":\"me@there:22\"}").statusCode())
                .isEqualTo(400);
        assertThat(orchestrator.get("/v2/pools").size()).isZero();
    }

    @Test
    void registeredAndDrainedPoolsAreKnownAfterARestart() {
        orchestrator.send("POST", "/v2/pools", CELLAR);
        HttpResponse<String> drained = orchestrator.send("POST", "/v2/pools/cellar/drain", "{\"draining\":true}");
        assertThat(drained.statusCode()).isEqualTo(200);
        assertThat(body(drained).get("draining").asBoolean()).isTrue();
        assertThat(orchestrator.send("POST", "/v2/pools/cellar/drain", "{}").statusCode()).isEqualTo(400);
        assertThat(orchestrator.send("POST", "/v2/pools/other/drain", "{\"draining\":true}").statusCode()).isEqualTo(404);
        orchestrator.shutDown();
        orchestrator.close();
        orchestrator = new RunningOrchestrator(home.resolve("home"), CAPACITY);
        assertThat(pool("cellar").get("on_demand").asBoolean()).isTrue();
    }
}
