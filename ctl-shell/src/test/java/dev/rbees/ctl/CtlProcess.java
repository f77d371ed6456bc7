package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.ctl.client.FakeServer;

import static dev.rbees.ctl.client.FakeServer.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The real program, run as a process, against a server that the test scripts. */
abstract class CtlProcess {

    static final String ACCEPTED = """
                                   {"job_id":"t1","status":"QUEUED","queue_position":1,"events_url":"/v2/tasks/t1/events"}""";
    static final String TASK = """
                               {"job_id":"t1","status":"FAILED","model":"m","priority":"batch","created_at":"2026-11-23T12:00:00.000Z",
                               "tokens_out":3,"error":{"code":"WORKER_UNAVAILABLE","message":"the worker died"},
                               "attempts":[{"number":1,"worker_id":"worker-cpu-a","started_at":"2026-11-23T12:00:01.000Z","exact":true}]}""";
    static final String STARTED = event(2, "started",
            "\"job_id\":\"t1\",\"model\":\"m\",\"started_at\":\"2026-11-23T12:00:00.000Z\",\"seed\":7");

    @TempDir
    Path folder;

    final Map<String, String> environment = new HashMap<>();
    FakeServer server;

    /**
     * What became of a run.
     *
     * @param status its exit code
     * @param out what it wrote to standard output
     * @param err and to standard error
     */
    record Ran(int status, String out, String err) {}

    @BeforeEach
    void start() {
        server = new FakeServer();
        environment.put("RBEES_ORCHESTRATOR_URL", server.url());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    ProcessBuilder builder(String... words) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-Duser.home=" + folder, "-cp", System.getProperty("java.class.path"), CtlApplication.class.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RBEES_"));
        builder.environment().remove("SSH_AUTH_SOCK");
        builder.environment().putAll(environment);
        return builder;
    }

    Ran run(String... words) throws Exception {
        Process process = builder(words).start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ends").isTrue();
        return new Ran(process.exitValue(), Files.readString(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    JsonNode body(int request) {
        return Json.readTree(server.requests().get(request).body().getBytes(UTF_8));
    }
}
