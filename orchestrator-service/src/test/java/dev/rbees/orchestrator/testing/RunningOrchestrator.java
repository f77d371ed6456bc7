package dev.rbees.orchestrator.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.cli.CommandLine;
import dev.rbees.orchestrator.OrchestratorApplication;
import dev.rbees.orchestrator.lifecycle.Closing;
import dev.rbees.orchestrator.lifecycle.OrchestratorSettings;
import dev.rbees.service.Daemon;
import dev.rbees.testing.Waiting;
import dev.rbees.thread.Liveness;

/** The orchestrator in this process, on a port and in a folder of its own. */
public final class RunningOrchestrator implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Liveness liveness = new Liveness(_ -> {
    });
    private final String base;

    public RunningOrchestrator(Path home, int queueCapacity) {
        this(Map.of("RBEES_HOME", home.toString()), "--queue-capacity", "" + queueCapacity);
    }

    /** As it is started with this environment and these arguments, but for the port. */
    public RunningOrchestrator(Map<String, String> environment, String... args) {
        OrchestratorSettings settings = OrchestratorSettings.of(CommandLine.parse(OrchestratorSettings.SPEC, List.of(args)),
                environment);
        context = new SpringApplicationBuilder(OrchestratorApplication.class)
                .properties(Daemon.DEFAULTS)
                .properties("server.port=0", "server.address=127.0.0.1")
                .initializers(c -> c.getBeanFactory().registerSingleton("settings", settings))
                // why: the process of the tests must not end with it
                .initializers(c -> c.getBeanFactory().registerSingleton("liveness", liveness)).run();
        base = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    public Liveness liveness() {
        return liveness;
    }

    public String base() {
        return base;
    }

    /** Sends a request with a JSON body, or without one when it is empty. */
    public HttpResponse<String> send(String method, String path, String body, String... headers) {
        try {
            return http.send(request(method, path, body, headers), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpRequest request(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
        if (body.isEmpty()) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.method(method, BodyPublishers.ofString(body)).header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    public JsonNode get(String path) {
        HttpResponse<String> response = send("GET", path, "");
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        return Json.readTree(response.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public void register(ScriptedWorker worker) {
        register(worker.registration());
    }

    /** Takes a worker in by the body of its registration. */
    public void register(String registration) {
        if (send("POST", "/v2/workers/register", registration).statusCode() != 201) {
            throw new AssertionError("not registered");
        }
    }

    /** Hands a task in; gives its id. */
    public String submit(String prompt, String... fields) {
        String more = fields.length == 0 ? "" : "," + String.join(",", fields);
        HttpResponse<String> response = send("POST", "/v2/tasks",
                "{\"model\":\"tiny\",\"prompt\":\"" + prompt + "\"" + more + "}");
        if (response.statusCode() != 202) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return Json.readTree(response.body().getBytes(java.nio.charset.StandardCharsets.UTF_8)).get("job_id").asString();
    }

    public JsonNode task(String id) {
        return get("/v2/tasks/" + id);
    }

    public String status(String id) {
        return task(id).get("status").asString();
    }

    public void awaitStatus(String id, String status) {
        Waiting.until(() -> status(id).equals(status));
    }

    /** The frames of a task's stream, each as {@code id type}, until the stream ends. */
    public List<String> events(String id, long after) {
        HttpResponse<String> response = send("GET", "/v2/tasks/" + id + "/events", "", "Last-Event-ID", "" + after);
        List<String> frames = new ArrayList<>();
        String last = "";
        for (String line : response.body().lines().toList()) {
            if (line.startsWith("event: ")) {
                frames.add(last + " " + line.substring("event: ".length()));
            }
            last = line.startsWith("id: ") ? line.substring("id: ".length()) : last;
        }
        return frames;
    }

    /** The lines of a stream as they come. */
    public Stream<String> follow(String id) throws IOException, InterruptedException {
        return http.send(request("GET", "/v2/tasks/" + id + "/events", ""), BodyHandlers.ofLines()).body();
    }

    /** Ends it as SIGTERM would, and waits until all is closed. */
    public void shutDown() {
        new Closing(context).close();
    }

    @Override
    public void close() {
        if (context.isActive()) {
            shutDown();
        }
        http.shutdownNow();
    }
}
