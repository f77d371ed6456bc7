package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.testing.RunningOrchestrator;

import static org.assertj.core.api.Assertions.assertThat;

/** Every route there is, asked by everybody there is. A new route belongs to the operator until it is named here. */
class RolesTest {

    private static final String OPERATOR = "operator-".repeat(4);
    private static final String JOIN = "join-".repeat(8);
    private static final Set<Integer> REFUSED = Set.of(401, 403, 429);
    private static final Set<String> OPEN = Set.of("GET /health", "GET /health/live", "GET /health/ready");
    private static final Set<String> WORKERS = Set.of("POST /v2/workers/register", "POST /v2/workers/{id}/heartbeat",
            "DELETE /v2/workers/{id}");
    private static final Set<String> TENANTS = Set.of("POST /v2/tasks", "GET /v2/tasks", "GET /v2/tasks/{id}",
            "DELETE /v2/tasks/{id}", "POST /v2/tasks/{id}/cancel", "GET /v2/tasks/{id}/events", "GET /v2/tasks/{id}/explain",
            "POST /v2/sessions", "GET /v2/sessions/{id}", "DELETE /v2/sessions/{id}", "GET /v2/models",
            "GET /v2/meta/version", "GET /v2/meta/capabilities", "GET /openapi.json", "POST /v1/chat/completions",
            "POST /v1/completions", "POST /v1/embeddings", "GET /v1/models", "GET /v1/models/{id}");

    @TempDir
    Path folder;

    private String secret(String name, String token) throws IOException {
        Path file = Files.writeString(folder.resolve(name), token);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------")).toString();
    }

    private static Set<String> routes() throws ClassNotFoundException {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
        Set<String> routes = new TreeSet<>();
        for (var controller : scanner.findCandidateComponents("dev.rbees.orchestrator")) {
            Arrays.stream(Class.forName(controller.getBeanClassName()).getDeclaredMethods())
                    .map(method -> AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class))
                    .filter(mapping -> mapping != null)
                    .forEach(mapping -> routes.add(mapping.method()[0] + " " + mapping.path()[0]));
        }
        return routes;
    }

    /** Which routes do not say 401 or 403 to who shows this, or 429, as to one who shows nothing too often. */
    private static Set<String> opened(RunningOrchestrator orchestrator, Set<String> routes, String... authorization) {
        Set<String> opened = new TreeSet<>();
        for (String route : routes) {
            String[] words = route.split(" ", -1);
            String body = words[0].equals("POST") ? "{}" : "";
            HttpResponse<String> answer = orchestrator.send(words[0], words[1].replace("{id}", "nothing"), body,
                    authorization);
            if (!REFUSED.contains(answer.statusCode())) {
                opened.add(route);
            }
        }
        return opened;
    }

    @Test
    void everyRouteOpensToThoseItIsFor() throws Exception {
        Set<String> routes = routes();
        assertThat(routes).containsAll(OPEN).containsAll(WORKERS).containsAll(TENANTS);
        try (RunningOrchestrator orchestrator = new RunningOrchestrator(
                Map.of("RBEES_HOME", folder.resolve("home").toString(), "RBEES_MODE", "platform", "RBEES_API_TOKEN_FILE",
                        secret("operator", OPERATOR)),
                "--join-token-file", secret("join", JOIN))) {
            String tenant = Json.readTree(orchestrator
                    .send("POST", "/v2/tenants", "{\"tenant_id\":\"ours\"}", "Authorization", "Bearer " + OPERATOR).body()
                    .getBytes(StandardCharsets.UTF_8)).get("token").asString();
            Map<String, Set<String>> matrix = new TreeMap<>();
            matrix.put("nobody", opened(orchestrator, routes));
            matrix.put("worker", opened(orchestrator, routes, "Authorization", "Bearer " + JOIN));
            matrix.put("tenant", opened(orchestrator, routes, "Authorization", "Bearer " + tenant));
            matrix.put("operator", opened(orchestrator, routes, "Authorization", "Bearer " + OPERATOR));
            assertThat(matrix.get("nobody")).isEqualTo(OPEN);
            assertThat(matrix.get("worker")).isEqualTo(union(OPEN, WORKERS));
            assertThat(matrix.get("tenant")).isEqualTo(union(OPEN, TENANTS));
            assertThat(matrix.get("operator")).isEqualTo(routes);
            // paths that look like open ones are not
            for (String path : List.of("/health/", "//health", "/health;a=b", "/health/../v2/tasks", "/v2/tasks;/../tenants",
                    "/v2//tenants", "/v2/tenants;x=/v2/tasks")) {
                assertThat(orchestrator.send("GET", path, "").statusCode()).as(path).isIn(400, 401, 403, 404, 429);
                HttpResponse<String> asked = orchestrator.send("GET", path, "", "Authorization", "Bearer " + tenant);
                assertThat(asked.body()).as(path).doesNotContain("tenant_id");
            }
        }
    }

    @Test
    void inHomeModeEverybodyIsTheOperator() throws Exception {
        Set<String> routes = routes();
        try (RunningOrchestrator orchestrator = new RunningOrchestrator(folder.resolve("other"), 10)) {
            assertThat(opened(orchestrator, routes)).isEqualTo(routes);
        }
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        List<String> all = new ArrayList<>(one);
        all.addAll(other);
        return new TreeSet<>(all);
    }
}
