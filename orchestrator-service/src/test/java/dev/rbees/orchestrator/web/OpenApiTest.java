package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.api.operations.ModelView;
import dev.rbees.api.operations.OrchestratorCapabilities;
import dev.rbees.api.operations.OrchestratorHealth;
import dev.rbees.api.operations.Uptime;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.PoolView;
import dev.rbees.api.session.SessionView;
import dev.rbees.api.task.Accepted;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.task.TaskView;
import dev.rbees.api.task.WaitingFor;
import dev.rbees.api.tenant.TenantRequest;
import dev.rbees.api.tenant.TenantView;
import dev.rbees.api.worker.WorkerAccepted;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;

import static org.assertj.core.api.Assertions.assertThat;

/** The document says what the code does. */
class OpenApiTest {

    private static final Map<String, Class<? extends Record>> RECORDS = Map.ofEntries(Map.entry("Task", TaskView.class),
            Map.entry("TaskFailure", TaskView.Failure.class), Map.entry("TaskAttempt", TaskView.Attempt.class),
            Map.entry("Accepted", Accepted.class), Map.entry("Explanation", TaskExplanation.class),
            Map.entry("WaitingFor", WaitingFor.class), Map.entry("StartProgress", WaitingFor.Progress.class),
            Map.entry("Waiting", TaskExplanation.Waiting.class), Map.entry("Queued", TaskEvent.Queued.class),
            Map.entry("Started", TaskEvent.Started.class), Map.entry("Token", TaskEvent.Token.class),
            Map.entry("Metrics", TaskEvent.Metrics.class), Map.entry("End", TaskEvent.End.class),
            Map.entry("Failed", TaskEvent.Failed.class), Map.entry("Session", SessionView.class),
            Map.entry("Tenant", TenantView.class), Map.entry("Quota", TenantRequest.Quota.class),
            Map.entry("Worker", WorkerView.class), Map.entry("WorkerRegistration", WorkerRegistration.class),
            Map.entry("WorkerHeartbeat", WorkerHeartbeat.class), Map.entry("WorkerAccepted", WorkerAccepted.class),
            Map.entry("Model", ModelView.class), Map.entry("PoolRegistration", PoolRegistration.class),
            Map.entry("Pool", PoolView.class), Map.entry("PoolStatus", PoolStatus.class),
            Map.entry("PoolMemory", PoolStatus.Memory.class), Map.entry("PoolDisk", PoolStatus.Disk.class),
            Map.entry("PoolGpu", PoolStatus.Gpu.class),
            Map.entry("Health", OrchestratorHealth.class), Map.entry("Uptime", Uptime.class),
            Map.entry("Capabilities", OrchestratorCapabilities.class),
            Map.entry("Limits", OrchestratorCapabilities.Limits.class));

    @TempDir
    Path home;

    private static JsonNode document() throws IOException {
        try (InputStream file = OpenApiController.class.getResourceAsStream(OpenApiController.FILE)) {
            return Json.readTree(file.readAllBytes());
        }
    }

    /** Each as {@code GET /path}. */
    private static Set<String> routesOfTheCode() throws ClassNotFoundException {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
        Set<String> routes = new TreeSet<>();
        for (BeanDefinition controller : scanner.findCandidateComponents("dev.rbees.orchestrator")) {
            Arrays.stream(Class.forName(controller.getBeanClassName()).getDeclaredMethods())
                    .map(method -> AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class))
                    .filter(mapping -> mapping != null)
                    .forEach(mapping -> routes.add(mapping.method()[0] + " " + mapping.path()[0]));
        }
        return routes;
    }

    @Test
    void itNamesEveryRouteAndNoOther() throws Exception {
        Set<String> documented = document().get("paths").propertyStream()
                .flatMap(path -> path.getValue().propertyStream().map(one -> one.getKey().toUpperCase(Locale.ROOT)
                        + " " + path.getKey()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(routesOfTheCode());
    }

    @Test
    void itsAnswersHaveTheFieldsOfTheRecords() throws IOException {
        JsonNode schemas = document().at("/components/schemas");
        RECORDS.forEach((name, type) -> {
            Set<String> documented = new TreeSet<>(schemas.get(name).get("properties").propertyNames());
            documented.remove("type");
            assertThat(documented).as(name).isEqualTo(Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getName).map(OpenApiTest::snakeCase)
                    .collect(Collectors.toCollection(TreeSet::new)));
        });
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    @Test
    void everythingThatItNamesIsThere() throws IOException {
        String text = document().toString();
        JsonNode schemas = document().at("/components/schemas");
        Matcher references = Pattern.compile("#/components/schemas/(\\w+)").matcher(text);
        while (references.find()) {
            assertThat(schemas.has(references.group(1))).as(references.group(1)).isTrue();
        }
    }

    private static Stream<JsonNode> operations() throws IOException {
        return document().get("paths").values().stream().flatMap(path -> path.values().stream());
    }

    @Test
    void whatTakesABodyRefusesOthersAndSaysWhenToComeBack() throws IOException {
        operations().filter(operation -> operation.has("requestBody")).forEach(operation -> assertThat(
                operation.get("responses").propertyNames()).as(operation.get("summary").asString())
                .contains("400", "413", "415", "503"));
        operations().flatMap(operation -> operation.get("responses").properties().stream())
                .filter(answer -> answer.getKey().equals("429") || answer.getKey().equals("503"))
                .filter(answer -> !answer.getValue().at("/content/application~1json/schema/$ref").asString()
                        .endsWith("/Status"))
                .forEach(answer -> assertThat(answer.getValue().at("/headers/Retry-After").isMissingNode()).isFalse());
    }

    /** A text has a length, a number a largest value, a list a number of entries. */
    @Test
    void everythingThatIsTakenIsBounded() throws IOException {
        List<String> unbounded = new ArrayList<>();
        for (JsonNode operation : operations().toList()) {
            JsonNode schema = operation.at("/requestBody/content/application~1json/schema");
            if (!schema.isMissingNode()) {
                unbounded(operation.get("summary").asString(), schema, document(), unbounded);
            }
        }
        assertThat(unbounded).isEmpty();
    }

    private static void unbounded(String where, JsonNode schema, JsonNode document, List<String> found) {
        if (schema.has("$ref")) {
            unbounded(where, document.at(schema.get("$ref").asString().substring(1)), document, found);
            return;
        }
        boolean named = schema.has("enum") || schema.has("const");
        String bound = switch (schema.path("type").asString("")) {
            case "string" -> "maxLength";
            case "integer", "number" -> "maximum";
            case "array" -> "maxItems";
            default -> "";
        };
        if (!bound.isEmpty() && !named && !schema.has(bound)) {
            found.add(where + " without " + bound);
        }
        schema.path("properties").propertyStream()
                .forEach(one -> unbounded(where + "." + one.getKey(), one.getValue(), document, found));
        schema.path("oneOf").forEach(one -> unbounded(where, one, document, found));
        if (schema.has("items")) {
            unbounded(where + "[]", schema.get("items"), document, found);
        }
    }

    /** With every field that the document has, and one that it has not. */
    @Test
    void aTaskMayHaveTheFieldsThatItNames() throws IOException {
        JsonNode fields = document().at("/components/schemas/TaskSubmission/properties");
        try (RunningOrchestrator orchestrator = new RunningOrchestrator(home.resolve("home"), 10);
                ScriptedWorker worker = new ScriptedWorker("w1", "tiny", 1)) {
            orchestrator.register(worker);
            for (String left : List.of("prompt", "messages")) {
                Map<String, Object> body = new HashMap<>();
                fields.propertyStream().filter(field -> !field.getKey().equals(left))
                        .forEach(field -> body.put(field.getKey(), field.getValue().at("/examples/0")));
                HttpResponse<String> accepted = orchestrator.send("POST", "/v2/tasks", Json.write(body));
                assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
                body.put("no_such_field", 1);
                assertThat(orchestrator.send("POST", "/v2/tasks", Json.write(body)).statusCode()).isEqualTo(400);
            }
            assertThat(orchestrator.get("/openapi.json")).isEqualTo(document());
        }
    }

    /** What a task may say of how it is sampled is all documented. */
    @Test
    void noFieldOfSamplingIsMissing() throws IOException {
        Set<String> documented = Set.copyOf(document().at("/components/schemas/TaskSubmission/properties").propertyNames());
        Stream<String> known = TaskSubmission
                .read("{\"model\":\"m\",\"prompt\":\"p\",\"max_tokens\":1,\"seed\":1,\"stop\":\"x\",\"logprobs\":1}"
                        .getBytes(StandardCharsets.UTF_8))
                .sampling().toFields().keySet().stream();
        assertThat(documented).containsAll(known.toList());
    }
}
