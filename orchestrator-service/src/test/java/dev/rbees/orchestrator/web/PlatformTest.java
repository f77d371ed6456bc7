package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** An installation that several share: what each may see and do. */
class PlatformTest {

    private static final String OPERATOR = "operator-".repeat(4);
    private static final String JOIN = "join-".repeat(8);
    private static final String HELD = "{\"model\":\"tiny\",\"prompt\":\"hold\"}";

    @TempDir
    Path folder;

    private RunningOrchestrator orchestrator;
    private ScriptedWorker worker;

    @BeforeEach
    void start() throws IOException {
        open();
        worker = new ScriptedWorker("w1", "tiny", 4);
        assertThat(send(JOIN, "POST", "/v2/workers/register", worker.registration()).statusCode()).isEqualTo(201);
    }

    private void open() throws IOException {
        orchestrator = new RunningOrchestrator(
                Map.of("RBEES_HOME", folder.resolve("home").toString(), "RBEES_MODE", "platform",
                        "RBEES_API_TOKEN_FILE", secret("operator", OPERATOR)),
                "--join-token-file", secret("join", JOIN));
    }

    private String secret(String name, String token) throws IOException {
        Path file = Files.writeString(folder.resolve(name), token);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------")).toString();
    }

    @AfterEach
    void stop() {
        worker.close();
        orchestrator.close();
    }

    private HttpResponse<String> send(String token, String method, String path, String body, String... headers) {
        String[] all = Stream.concat(Stream.of("Authorization", "Bearer " + token), Stream.of(headers))
                .toArray(String[]::new);
        return orchestrator.send(method, path, body, all);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8));
    }

    private static String code(HttpResponse<String> response) {
        return response.statusCode() + " " + json(response).at("/error/code").asString("");
    }

    /** Takes a tenant in; gives its token. */
    private String tenant(String id, String... quota) {
        HttpResponse<String> made = send(OPERATOR, "POST", "/v2/tenants",
                "{\"tenant_id\":\"" + id + "\"" + (quota.length == 0 ? "" : "," + String.join(",", quota)) + "}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return json(made).get("token").asString();
    }

    private String submit(String token, String body, String... headers) {
        HttpResponse<String> accepted = send(token, "POST", "/v2/tasks", body, headers);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return json(accepted).get("job_id").asString();
    }

    @Test
    void nobodySeesTheTasksOfOthersAndCannotTellThemFromNone() {
        String ours = tenant("ours");
        String theirs = tenant("theirs");
        String task = submit(ours, HELD);
        for (String path : List.of("", "/events", "/explain")) {
            assertThat(code(send(theirs, "GET", "/v2/tasks/" + task + path, ""))).isEqualTo("404 TASK_NOT_FOUND");
            assertThat(code(send(theirs, "GET", "/v2/tasks/no-such-task" + path, ""))).isEqualTo("404 TASK_NOT_FOUND");
        }
        assertThat(code(send(theirs, "GET", "/v2/tasks/" + task + "/events", "", "Last-Event-ID", "1")))
                .isEqualTo("404 TASK_NOT_FOUND");
        assertThat(code(send(theirs, "DELETE", "/v2/tasks/" + task, ""))).isEqualTo("404 TASK_NOT_FOUND");
        assertThat(code(send(theirs, "POST", "/v2/tasks/" + task + "/cancel", ""))).isEqualTo("404 TASK_NOT_FOUND");
        assertThat(json(send(theirs, "GET", "/v2/tasks", ""))).isEmpty();
        assertThat(json(send(ours, "GET", "/v2/tasks", ""))).hasSize(1);
        assertThat(json(send(OPERATOR, "GET", "/v2/tasks", ""))).hasSize(1);
        assertThat(send(ours, "DELETE", "/v2/tasks/" + task, "").statusCode()).isEqualTo(202);
        // and when it has ended, too
        assertThat(code(send(theirs, "GET", "/v2/tasks/" + task, ""))).isEqualTo("404 TASK_NOT_FOUND");
        assertThat(send(ours, "GET", "/v2/tasks/" + task + "/events", "").statusCode()).isEqualTo(200);
    }

    @Test
    void keysAndSessionsOfOneTenantMeanNothingToAnother() {
        String ours = tenant("ours");
        String theirs = tenant("theirs");
        String one = submit(ours, HELD, "Idempotency-Key", "k");
        assertThat(submit(ours, HELD, "Idempotency-Key", "k")).isEqualTo(one);
        assertThat(submit(theirs, HELD, "Idempotency-Key", "k")).isNotEqualTo(one);
        assertThat(send(ours, "POST", "/v2/sessions", "{\"session_id\":\"s\",\"token_budget\":5}").statusCode())
                .isEqualTo(201);
        assertThat(code(send(theirs, "GET", "/v2/sessions/s", ""))).isEqualTo("404 SESSION_NOT_FOUND");
        assertThat(send(theirs, "POST", "/v2/sessions", "{\"session_id\":\"s\"}").statusCode()).isEqualTo(201);
    }

    @Test
    void eachTokenOpensWhatItIsFor() {
        String ours = tenant("ours");
        for (String path : List.of("/v2/workers", "/v2/tenants", "/metrics")) {
            assertThat(code(send(ours, "GET", path, ""))).as(path).isEqualTo("403 FORBIDDEN");
            assertThat(send(OPERATOR, "GET", path, "").statusCode()).as(path).isEqualTo(200);
        }
        assertThat(code(send(ours, "POST", "/v2/workers/register", worker.registration()))).isEqualTo("403 FORBIDDEN");
        assertThat(code(send(ours, "POST", "/v2/tenants", "{\"tenant_id\":\"more\"}"))).isEqualTo("403 FORBIDDEN");
        for (String path : List.of("/v2/tasks", "/v2/workers", "/v2/models", "/v2/tenants")) {
            assertThat(code(send(JOIN, "GET", path, ""))).as(path).isEqualTo("403 FORBIDDEN");
        }
        assertThat(code(send(JOIN, "POST", "/v2/tasks", HELD))).isEqualTo("403 FORBIDDEN");
        assertThat(code(send("nobody", "GET", "/v2/tasks", ""))).isEqualTo("401 UNAUTHORIZED");
        assertThat(send(ours, "GET", "/v2/models", "").statusCode()).isEqualTo(200);
    }

    @Test
    void quotasHoldAndSayWhenToComeBack() {
        String ours = tenant("ours", "\"max_tasks\":1", "\"models\":[\"tiny\"]");
        String task = submit(ours, HELD);
        HttpResponse<String> refused = send(ours, "POST", "/v2/tasks", HELD);
        assertThat(code(refused)).isEqualTo("429 QUOTA_EXCEEDED");
        assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow())).isBetween(1, 120);
        send(ours, "DELETE", "/v2/tasks/" + task, "");
        Waiting.until(() -> send(ours, "POST", "/v2/tasks", HELD).statusCode() == 202);
        String few = tenant("few", "\"tokens_per_day\":10", "\"models\":[\"other\"]");
        assertThat(code(send(few, "POST", "/v2/tasks", HELD))).isEqualTo("403 FORBIDDEN");
        String frugal = tenant("frugal", "\"tokens_per_day\":10");
        assertThat(code(send(frugal, "POST", "/v2/tasks", HELD.replace("}", ",\"max_tokens\":11}"))))
                .isEqualTo("429 QUOTA_EXCEEDED");
        String spent = submit(frugal, HELD.replace("hold", "say 3"));
        Waiting.until(() -> json(send(frugal, "GET", "/v2/tasks/" + spent, "")).get("status").asString()
                .equals("COMPLETED"));
        assertThat(json(send(OPERATOR, "GET", "/v2/tenants/frugal", "")).get("tokens_today").asLong()).isPositive();
        String hasty = tenant("hasty", "\"requests_per_minute\":1");
        submit(hasty, HELD);
        assertThat(code(send(hasty, "POST", "/v2/tasks", HELD))).isEqualTo("429 QUOTA_EXCEEDED");
    }

    @Test
    void tenantsAndWhatTheyTookOutliveARestartAndATokenCanBeTakenBack() throws IOException {
        String first = tenant("ours");
        String second = json(send(OPERATOR, "POST", "/v2/tenants/ours/token", "")).get("token").asString();
        assertThat(code(send(first, "GET", "/v2/tasks", ""))).isEqualTo("401 UNAUTHORIZED");
        String task = submit(second, HELD);
        orchestrator.close();
        open();
        assertThat(send(second, "GET", "/v2/tasks/" + task, "").statusCode()).isEqualTo(200);
        assertThat(json(send(OPERATOR, "GET", "/v2/tenants/ours", "")).get("tasks").asInt()).isEqualTo(1);
        assertThat(send(OPERATOR, "GET", "/v2/tenants", "").body()).doesNotContain(second).doesNotContain("token_digest");
        assertThat(send(OPERATOR, "DELETE", "/v2/tenants/ours", "").statusCode()).isEqualTo(204);
        assertThat(code(send(second, "GET", "/v2/tasks", ""))).isEqualTo("401 UNAUTHORIZED");
    }

    @Test
    void whatIsDoneIsTakenDownWithoutPromptsAndTokens() throws IOException {
        String ours = tenant("ours");
        submit(ours, HELD.replace("hold", "say 1 secret"));
        send("nobody", "GET", "/v2/tasks", "");
        orchestrator.close();
        String audit = Files.readString(folder.resolve("home/audit/audit-000001.log"));
        assertThat(audit).contains("node_registered", "token_created", "task_submitted", "task_completed", "auth_failure",
                "tenant_created", "\"tenant\":\"ours\"", "started", "stopped").doesNotContain("secret").doesNotContain(ours)
                .doesNotContain(OPERATOR);
    }

    @Test
    void whoGetsTheNameOfAFormerTenantSeesNothingOfIt() {
        String former = tenant("ours");
        String task = submit(former, HELD, "Idempotency-Key", "k");
        assertThat(send(former, "POST", "/v2/sessions", "{\"session_id\":\"s\"}").statusCode()).isEqualTo(201);
        assertThat(send(OPERATOR, "DELETE", "/v2/tenants/ours", "").statusCode()).isEqualTo(204);
        String latter = tenant("ours");
        assertThat(json(send(latter, "GET", "/v2/tasks", ""))).isEmpty();
        assertThat(code(send(latter, "GET", "/v2/tasks/" + task, ""))).isEqualTo("404 TASK_NOT_FOUND");
        assertThat(code(send(latter, "GET", "/v2/sessions/s", ""))).isEqualTo("404 SESSION_NOT_FOUND");
        assertThat(submit(latter, HELD, "Idempotency-Key", "k")).isNotEqualTo(task);
        assertThat(json(send(OPERATOR, "GET", "/v2/tenants/ours", "")).get("tasks").asInt()).isEqualTo(1);
    }

    @Test
    void workersKeepThePromptsOfTenantsApart() {
        String ours = tenant("ours");
        String theirs = tenant("theirs");
        String prompt = HELD.replace("hold", "say 1");
        for (String token : List.of(ours, ours, theirs, OPERATOR)) {
            String task = submit(token, prompt);
            Waiting.until(() -> json(send(token, "GET", "/v2/tasks/" + task, "")).get("status").asString()
                    .equals("COMPLETED"));
        }
        List<String> scopes = worker.scopes();
        assertThat(scopes).hasSize(4);
        assertThat(scopes.get(1)).isEqualTo(scopes.getFirst()).hasSize(64);
        assertThat(scopes.get(2)).hasSize(64).isNotEqualTo(scopes.getFirst());
        assertThat(scopes.get(3)).isEmpty();
    }

    @Test
    void aModelThatNobodyHasCanBeForgottenByTheOperator() {
        String ours = tenant("ours");
        assertThat(code(send(OPERATOR, "DELETE", "/v2/models/tiny", ""))).isEqualTo("409 CONFLICT");
        assertThat(send(JOIN, "DELETE", "/v2/workers/w1", "").statusCode()).isEqualTo(204);
        assertThat(code(send(ours, "DELETE", "/v2/models/tiny", ""))).isEqualTo("403 FORBIDDEN");
        assertThat(send(OPERATOR, "DELETE", "/v2/models/tiny", "").statusCode()).isEqualTo(204);
        assertThat(code(send(OPERATOR, "DELETE", "/v2/models/tiny", ""))).isEqualTo("404 MODEL_NOT_FOUND");
        assertThat(send(ours, "GET", "/v2/models", "").body()).doesNotContain("\"tiny\"");
    }
}
