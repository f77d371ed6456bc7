package dev.rbees.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.testing.Waiting;

/** The programs as they are installed, with a home of their own; all talk over files, processes and HTTP. */
final class Installation {

    static final Path DISTRIBUTION = Path.of(System.getProperty("rbees.distribution"));
    static final String MODEL = "smollm2-135m";
    /** Where runs with faults leave their reports. */
    static final Path REPORTS = Path.of("target", "chaos");

    /** What a program said. */
    record Ran(int exit, String out, String err) {}

    private final Path folder;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger outputs = new AtomicInteger();
    private @Nullable Process orchestrator;
    private volatile int readPort;

    private Installation(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    static Installation in(Path folder) throws IOException {
        return new Installation(Files.createDirectories(folder), freePort());
    }

    Path home() {
        return folder.resolve("home");
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Runs a program of the installation to its end. */
    Ran run(String program, String... args) {
        return run(Map.of(), program, args);
    }

    Ran run(Map<String, String> environment, String program, String... args) {
        List<String> command = new ArrayList<>(List.of(DISTRIBUTION.resolve("bin/" + program).toString()));
        command.addAll(List.of(args));
        return run(environment, command);
    }

    /** Runs any command with the environment of the installation. */
    Ran run(Map<String, String> environment, List<String> command) {
        int number = outputs.incrementAndGet();
        Path out = folder.resolve("out" + number);
        Path err = folder.resolve("err" + number);
        try {
            Process process = builder(environment, command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(command + " does not end: " + Files.readString(err));
            }
            return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private ProcessBuilder builder(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("RBEES_"));
        builder.environment().put("RBEES_HOME", home().toString());
        builder.environment().put("RBEES_ORCHESTRATOR_URL", url());
        builder.environment().putAll(environment);
        return builder;
    }

    /** The same, for a run that has to succeed; gives its standard output. */
    String ok(String program, String... args) {
        Ran ran = run(program, args);
        if (ran.exit() != 0) {
            throw new AssertionError(program + " " + List.of(args) + " ended with " + ran.exit() + ": " + ran.err());
        }
        return ran.out();
    }

    JsonNode json(String program, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--output", "json"));
        return tree(ok(program, all.toArray(String[]::new)));
    }

    void startOrchestrator(String... args) throws IOException {
        List<String> command = new ArrayList<>(
                // why: the tests bring their own workers, and count who is there
                List.of(DISTRIBUTION.resolve("bin/rbees-orcd").toString(), "--no-local-pool", "--port", "" + port));
        command.addAll(List.of(args));
        orchestrator = builder(Map.of(), command)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("orcd.log").toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("orcd.log").toFile())).start();
        await(() -> get("/health").path("status").asString("").equals("ok"));
    }

    /** The process of the orchestrator. */
    long orchestratorPid() {
        return Objects.requireNonNull(orchestrator, "it runs").pid();
    }

    /** Sends a process a signal. */
    void signal(String name, long pid) {
        Ran sent = run(Map.of(), List.of("kill", "-" + name, "" + pid));
        if (sent.exit() != 0) {
            throw new AssertionError(sent.err());
        }
    }

    /** Waits, at most 15 s, until the orchestrator has ended by itself; gives its exit code. */
    int awaitOrchestratorsEnd() throws InterruptedException {
        Process running = Objects.requireNonNull(orchestrator, "it runs");
        if (!running.waitFor(15, TimeUnit.SECONDS)) {
            throw new AssertionError("the orchestrator does not end within 15 s");
        }
        return running.exitValue();
    }

    /** Ends the orchestrator as a power cut would, as far as a process can see. */
    void killOrchestrator() throws InterruptedException {
        Objects.requireNonNull(orchestrator, "it runs").destroyForcibly().waitFor();
    }

    /** Ends the orchestrator as a service manager would. */
    void endOrchestrator() throws InterruptedException {
        Objects.requireNonNull(orchestrator, "it runs").destroy();
        awaitOrchestratorsEnd();
    }

    JsonNode spawn(String... args) {
        List<String> all = new ArrayList<>(List.of("worker", "spawn", "cpu", "--model", MODEL));
        all.addAll(List.of(args));
        return json("rbees-pool", all.toArray(String[]::new));
    }

    String submit(String fields) {
        HttpResponse<String> accepted = send("POST", "/v2/tasks", "{\"model\":\"" + MODEL + "\"," + fields + "}");
        if (accepted.statusCode() != 202) {
            throw new AssertionError(accepted.statusCode() + " " + accepted.body());
        }
        return tree(accepted.body()).get("job_id").asString();
    }

    HttpResponse<String> send(String method, String path, String body) {
        try {
            return http.send(request(method, path, body), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest request(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofMinutes(2))
                .header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body));
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    JsonNode get(String path) {
        return tree(send("GET", path, "").body());
    }

    /** The lines of a task's events as they come. */
    Stream<String> follow(String task) throws IOException, InterruptedException {
        return http.send(request("GET", "/v2/tasks/" + task + "/events", ""), BodyHandlers.ofLines()).body();
    }

    /** From now on {@link #follow(String, long)} reads through another port. */
    void readThrough(int other) {
        readPort = other;
    }

    /** Those after the event of this id. */
    Stream<String> follow(String task, long after) throws IOException, InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + (readPort == 0 ? port : readPort) + "/v2/tasks/" + task + "/events");
        return http.send(HttpRequest.newBuilder(url).timeout(Duration.ofMinutes(2)).header("Last-Event-ID", "" + after)
                .version(HttpClient.Version.HTTP_1_1).build(), BodyHandlers.ofLines()).body();
    }

    /** The data of a task's events, until its end. */
    List<JsonNode> events(String task) throws IOException, InterruptedException {
        try (Stream<String> lines = follow(task)) {
            return lines.filter(line -> line.startsWith("data: ")).map(line -> tree(line.substring(6))).toList();
        }
    }

    static JsonNode tree(String json) {
        return Json.readTree(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits, at most 30 s; a failed try counts as not yet. */
    static void await(BooleanSupplier condition) {
        Waiting.until(Duration.ofSeconds(30), () -> {
            try {
                return condition.getAsBoolean();
            } catch (IllegalStateException e) {
                return false;
            }
        });
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Ends everything that runs. */
    void stop() throws InterruptedException {
        run("rbees-pool", "worker", "stop-all", "--yes");
        if (orchestrator != null) {
            orchestrator.destroy();
            if (!orchestrator.waitFor(30, TimeUnit.SECONDS)) {
                orchestrator.destroyForcibly();
            }
        }
        http.shutdownNow();
    }
}
