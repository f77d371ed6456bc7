package dev.rbees.orchestrator.web;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.orchestrator.testing.OrchestratorOverHttp;
import dev.rbees.orchestrator.testing.ScriptedWorker;

import static org.assertj.core.api.Assertions.assertThat;

/** Sessions as a client sees them. */
class SessionsHttpTest extends OrchestratorOverHttp {

    @Test
    void aSessionsTasksHaveABudgetTogether() {
        ScriptedWorker worker = worker("w1", 1);
        HttpResponse<String> made = orchestrator.send("POST", "/v2/sessions",
                "{\"session_id\":\"s1\",\"token_budget\":40,\"ttl_ms\":60000}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(body(made).get("tokens_budget_remaining").asInt()).isEqualTo(40);
        assertThat(code(orchestrator.send("POST", "/v2/sessions", "{\"session_id\":\"s1\"}"))).isEqualTo("CONFLICT");

        String task = "{\"model\":\"tiny\",\"prompt\":\"%s\",\"session_id\":\"s1\",\"max_tokens\":%d}";
        HttpResponse<String> held = orchestrator.send("POST", "/v2/tasks", task.formatted("hold", 30));
        assertThat(held.headers().firstValue("X-Budget-Tokens-Remaining")).contains("10");
        HttpResponse<String> refused = orchestrator.send("POST", "/v2/tasks", task.formatted("say 1", 11));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(code(refused)).isEqualTo("QUOTA_EXCEEDED");
        assertThat(orchestrator.get("/v2/health").isObject()).isTrue();

        worker.release();
        orchestrator.awaitStatus(body(held).get("job_id").asString(), "COMPLETED");
        JsonNode session = orchestrator.get("/v2/sessions/s1");
        assertThat(session.get("turns").asInt()).isEqualTo(1);
        assertThat(session.get("tokens_used").asInt()).as("five of the prompt, one of the answer").isEqualTo(6);
        assertThat(session.get("tokens_budget_remaining").asInt()).isEqualTo(34);
        assertThat(session.get("ttl_ms_remaining").asLong()).isBetween(1L, 60_000L);

        assertThat(orchestrator.send("DELETE", "/v2/sessions/s1", "").statusCode()).isEqualTo(204);
        assertThat(code(orchestrator.send("GET", "/v2/sessions/s1", ""))).isEqualTo("SESSION_NOT_FOUND");
        assertThat(code(orchestrator.send("DELETE", "/v2/sessions/s1", ""))).isEqualTo("SESSION_NOT_FOUND");
    }
}
