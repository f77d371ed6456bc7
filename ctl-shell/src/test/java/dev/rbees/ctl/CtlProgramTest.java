package dev.rbees.ctl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.ctl.client.FakeServer;
import dev.rbees.remote.OpenSshServer;
import dev.rbees.testing.Interrupts;
import dev.rbees.testing.Waiting;

import static dev.rbees.ctl.client.FakeServer.cutAfter;
import static dev.rbees.ctl.client.FakeServer.end;
import static dev.rbees.ctl.client.FakeServer.event;
import static dev.rbees.ctl.client.FakeServer.events;
import static dev.rbees.ctl.client.FakeServer.json;
import static dev.rbees.ctl.client.FakeServer.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The real program, run as a process, against a server that the test scripts. */
class CtlProgramTest {

    private static final String ACCEPTED = """
                                           {"job_id":"t1","status":"QUEUED","queue_position":1,"events_url":"/v2/tasks/t1/events"}""";
    private static final String TASK = """
                                       {"job_id":"t1","status":"FAILED","model":"m","priority":"batch","created_at":"2026-11-23T12:00:00.000Z",
                                       "tokens_out":3,"error":{"code":"WORKER_UNAVAILABLE","message":"the worker died"},
                                       "attempts":[{"number":1,"worker_id":"worker-cpu-a","started_at":"2026-11-23T12:00:01.000Z","exact":true}]}""";
    private static final String STARTED = event(2, "started",
            "\"job_id\":\"t1\",\"model\":\"m\",\"started_at\":\"2026-11-23T12:00:00.000Z\",\"seed\":7");

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private FakeServer server;

    private record Ran(int status, String out, String err) {}

    @BeforeEach
    void start() {
        server = new FakeServer();
        environment.put("RBEES_ORCHESTRATOR_URL", server.url());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Process launch(String... words) throws IOException {
        return builder(words).start();
    }

    private ProcessBuilder builder(String... words) {
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

    private Ran run(String... words) throws Exception {
        Process process = launch(words);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ends").isTrue();
        return new Ran(process.exitValue(), Files.readString(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    private JsonNode body(int request) {
        return Json.readTree(server.requests().get(request).body().getBytes(UTF_8));
    }

    @Test
    void submitsATaskAndPrintsItsId() throws Exception {
        server.on("POST /v2/tasks", json(202, ACCEPTED));

        assertThat(run("jobs", "submit", "--model", "m", "--prompt", "It's \"so\"", "--max-tokens", "40", "--temperature",
                "0", "--stop", "a", "--stop", "b", "--seed", "18446744073709551615", "--priority", "batch"))
                .isEqualTo(new Ran(0, "t1\n", ""));
        assertThat(body(0)).isEqualTo(Json.readTree(
                """
                {"model":"m","messages":[{"role":"user","content":"It's \\"so\\""}],"max_tokens":40,"temperature":0.0,
                "stop":["a","b"],"seed":18446744073709551615,"priority":"batch"}""".getBytes(UTF_8)));
        assertThat(server.requests().getFirst().contentType()).isEqualTo("application/json");
    }

    @Test
    void sendsARawPromptAsItIsAndPrintsJson() throws Exception {
        server.on("POST /v2/tasks", json(202, ACCEPTED));

        Ran ran = run("jobs", "submit", "--model", "m", "--prompt", "Once", "--raw", "--output", "json");

        assertThat(body(0)).isEqualTo(Json.readTree("{\"model\":\"m\",\"prompt\":\"Once\"}".getBytes(UTF_8)));
        assertThat(Json.readTree(ran.out().getBytes(UTF_8)).path("job_id").asString()).isEqualTo("t1");
    }

    @Test
    void readsThePromptFromStandardInputOrAFile() throws Exception {
        server.on("POST /v2/tasks", json(202, ACCEPTED));
        String largest = "ä".repeat(512 * 1024);
        Path file = Files.writeString(folder.resolve("prompt"), largest);
        Path tooLong = Files.writeString(folder.resolve("too-long"), largest + "x");

        assertThat(submitted(Files.writeString(folder.resolve("short"), "two\nlines\n"), "--prompt", "-")).isZero();
        assertThat(submitted(file, "--prompt", "-")).isZero();
        assertThat(submitted(Path.of("/dev/null"), "--prompt-file", file.toString())).isZero();
        assertThat(server.requests()).hasSize(3);
        assertThat(body(0).path("messages").get(0).path("content").asString()).isEqualTo("two\nlines");
        assertThat(body(1).path("messages").get(0).path("content").asString()).isEqualTo(largest);
        assertThat(body(2)).isEqualTo(body(1));

        assertThat(submitted(tooLong, "--prompt", "-")).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("err"))).contains("the prompt in standard input is longer than 1 MiB");
        assertThat(submitted(file, "--prompt-file", tooLong.toString())).isEqualTo(2);
        assertThat(submitted(file, "--prompt-file", folder.toString())).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("err"))).contains("cannot be read from " + folder);
        assertThat(submitted(Path.of("/dev/null"), "--prompt", "-")).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("err"))).contains("the prompt must not be empty");
        assertThat(submitted(file, "--prompt", "x", "--prompt-file", "y")).isEqualTo(2);
        assertThat(server.requests()).hasSize(3);
    }

    private int submitted(Path input, String... prompt) throws Exception {
        List<String> words = new ArrayList<>(List.of("jobs", "submit", "--model", "m"));
        words.addAll(List.of(prompt));
        Process process = builder(words.toArray(String[]::new)).redirectInput(input.toFile()).start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void followsATaskToItsEndThroughACutConnection() throws Exception {
        server.on("POST /v2/tasks", json(202, ACCEPTED));
        server.on("GET /v2/tasks/t1/events", exchange -> {
            boolean first = exchange.getRequestHeaders().getFirst("Last-Event-ID") == null;
            (first ? cutAfter(STARTED, token(3, 0, "Par")) : events(token(4, 1, "is"), end(5, 2))).write(exchange);
        });

        Ran ran = run("jobs", "submit", "--model", "m", "--prompt", "x", "--follow");

        assertThat(ran).isEqualTo(new Ran(0, "Paris\n", "2 tokens in 400 ms, EOS, 5.00 tokens/s\n"));
    }

    @Test
    void anErrorOfTheTaskDecidesTheExitCode() throws Exception {
        server.on("GET /v2/tasks/t1/events", events(STARTED,
                event(3, "error", "\"code\":\"CONTEXT_LENGTH_EXCEEDED\",\"message\":\"too long\"")));

        assertThat(run("jobs", "follow", "t1"))
                .isEqualTo(new Ran(2, "", "error: too long (CONTEXT_LENGTH_EXCEEDED)\n"));
    }

    @Test
    void anInterruptStopsFollowingAndTellsHowToComeBack() throws Exception {
        Interrupts.assumeHeard();
        server.on("GET /v2/tasks/t1/events", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write((STARTED + token(3, 0, "begin")).getBytes(UTF_8));
            exchange.getResponseBody().flush();
            sleep(Duration.ofSeconds(30));
        });
        Process process = launch("jobs", "follow", "t1");
        Waiting.until(Duration.ofSeconds(60), () -> Files.readString(folder.resolve("out")).contains("begin"));

        new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(Files.readString(folder.resolve("err"))).contains("the task goes on; 'rbees jobs follow t1' shows its "
                + "answer, 'rbees jobs cancel t1' ends it");
    }

    @Test
    void listsShowsAndCancelsTasks() throws Exception {
        server.on("GET /v2/tasks?limit=7&status=FAILED", json(200, "[" + TASK + "]"));
        server.on("GET /v2/tasks?limit=50", json(200, "[]"));
        server.on("GET /v2/tasks/t1", json(200, TASK));
        server.on("POST /v2/tasks/t1/cancel", json(202, TASK.replace("FAILED", "CANCELLED")));
        server.on("POST /v2/tasks/t3/cancel", json(200, TASK));

        assertThat(run("jobs", "list", "--status", "failed", "--limit", "7", "--output", "name").out()).isEqualTo("t1\n");
        assertThat(run("jobs", "list")).isEqualTo(new Ran(0, "", "No tasks.\n"));
        assertThat(run("jobs", "list", "--output", "json").out().strip()).matches("\\[ ?]");
        Ran shown = run("jobs", "show", "t1");
        assertThat(shown.out()).containsPattern("JOB +STATUS +MODEL").containsPattern("t1 +FAILED +m +batch +-")
                .contains("WORKER_UNAVAILABLE").contains("ATTEMPT").endsWith("the worker died\n");
        assertThat(run("jobs", "cancel", "t1")).isEqualTo(new Ran(0, "", "cancelled t1\n"));
        assertThat(server.requests().getLast()).isEqualTo(
                new FakeServer.Request("POST /v2/tasks/t1/cancel", "{}", "null", "application/json"));
        assertThat(run("jobs", "cancel", "t3")).isEqualTo(new Ran(0, "", "t3 had ended already: FAILED\n"));
        assertThat(run("jobs", "show", "t2")).isEqualTo(new Ran(3, "", "error: no task of that id\n"));
        assertThat(run("jobs", "show", "../t2").status()).isEqualTo(2);
    }

    @Test
    void dataThatCannotBeWrittenIsAFailure() throws Exception {
        server.on("GET /v2/tasks?limit=50", json(200, "[" + TASK + "]"));
        server.on("GET /v2/tasks/t1/events", events(STARTED, token(3, 0, "a"), end(4, 1)));

        for (String[] words : new String[][] {{"--version"}, {"help"}, {"jobs", "list"},
            {"jobs", "list", "--output", "json"},
            {"jobs", "follow", "t1"}}) {
            Process process = builder(words).redirectOutput(Path.of("/dev/full").toFile()).start();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(String.join(" ", words)).isEqualTo(1);
            assertThat(Files.readString(folder.resolve("err")))
                    .isEqualTo("error: standard output could not be written to its end; is the disk full?\n");
        }
    }

    @Test
    void aReaderThatHasEnoughIsNoFailureToTellOf() throws Exception {
        server.on("GET /v2/tasks?limit=50", json(200, "[" + TASK + "]"));
        server.on("GET /v2/tasks/t1/events", events(STARTED, token(3, 0, "a"), end(4, 1)));

        for (String[] words : new String[][] {{"help"}, {"jobs", "list"}, {"jobs", "follow", "t1"}}) {
            Process process = builder(words).redirectOutput(ProcessBuilder.Redirect.PIPE).start();
            process.getInputStream().close();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(String.join(" ", words)).isEqualTo(141);
            assertThat(Files.readString(folder.resolve("err"))).isEmpty();
        }
    }

    @Test
    void passesOnWhatTheOrchestratorRefuses() throws Exception {
        server.on("POST /v2/tasks",
                json(429, """
                          {"error":{"code":"QUEUE_FULL","message":"the queue is full","correlation_id":"c"}}"""));
        assertThat(run("jobs", "submit", "--model", "m", "--prompt", "x"))
                .isEqualTo(new Ran(5, "", "error: the queue is full\n"));

        server.on("POST /v2/tasks", json(502, "<html>Bad gateway</html>"));
        assertThat(run("jobs", "submit", "--model", "m", "--prompt", "x").err()).contains("HTTP 502");
    }

    @Test
    void saysHowToStartAnOrchestratorThatIsNotThere() throws Exception {
        Ran ran = run("jobs", "list", "--orchestrator", "http://127.0.0.1:1");

        assertThat(ran.status()).isEqualTo(5);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("no answer from http://127.0.0.1:1").contains("'rbees-orcd'");
    }

    @Test
    void asksTheOrchestratorsOfAClusterInTurn() throws Exception {
        String task = "\"model\":\"m\"";
        try (FakeServer second = new FakeServer()) {
            environment.put("RBEES_ORCHESTRATOR_URL", "http://127.0.0.1:1, " + server.url() + "," + second.url() + ",");
            server.on("POST /v2/tasks", json(503, "{\"error\":{\"code\":\"DRAINING\",\"message\":\"going\"}}"));
            second.on("POST /v2/tasks", json(202, ACCEPTED));
            second.on("GET /v2/tasks/t1/events", events(STARTED, token(3, 0, "a"), end(4, 1)));
            Ran ran = run("jobs", "submit", "--model", "m", "--prompt", "x", "--follow");
            assertThat(ran.out()).isEqualTo("a\n");
            assertThat(second.requests()).hasSize(2).first().extracting(FakeServer.Request::body).asString().contains(task);

            server.on("POST /v2/tasks", exchange -> {
                throw new IOException("died with it");
            });
            assertThat(run("jobs", "submit", "--model", "m", "--prompt", "x").status()).isEqualTo(5);
            server.on("POST /v2/tasks", json(503, "{\"error\":{\"code\":\"OVERLOADED\",\"message\":\"who leads?\"}}"));
            assertThat(run("jobs", "submit", "--model", "m", "--prompt", "x").err()).contains("who leads?");
            assertThat(second.requests()).hasSize(2);

            server.on("GET /v2/tasks?limit=50", json(503, "{\"error\":{\"code\":\"OVERLOADED\",\"message\":\"x\"}}"));
            second.on("GET /v2/tasks?limit=50", json(200, "[]"));
            assertThat(run("jobs", "list").status()).isZero();
        }
    }

    @Test
    void tellsWhyAnOrchestratorIsNotReached() throws Exception {
        assertThat(run("jobs", "list", "--orchestrator", "http://no-such-host.invalid").err())
                .contains("is not known to the name server").doesNotContain("rbees-orcd");
        environment.put("RBEES_CA_FILE", "/no/such/ca");
        Ran unreadable = run("jobs", "list", "--orchestrator", "https://127.0.0.1:1");
        assertThat(unreadable.status()).isEqualTo(2);
        assertThat(unreadable.err()).contains("the certificates in /no/such/ca cannot be read: is the file there?");
        assertThat(run("jobs", "list", "--orchestrator", "https://127.0.0.1:1", "--ca-file", "/dev/null").err())
                .contains("/dev/null holds no certificate in PEM");
    }

    @Test
    void aMissingTokenIsSaidToBeMissing() throws Exception {
        server.on("POST /execute", exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            json(401, "").write(exchange);
        });

        Ran ran = run("infer", "--worker", "127.0.0.1:" + server.port(), "--prompt", "x");

        assertThat(ran.status()).isEqualTo(4);
        assertThat(ran.err()).contains("asks for a token").contains("RBEES_API_TOKEN_FILE");
    }

    @Test
    void asksAWorkerDirectly() throws Exception {
        server.on("POST /execute", events(STARTED, token(3, 0, "The sea"), end(4, 1)));

        Ran ran = run("infer", "--worker", "127.0.0.1:" + server.port(), "--prompt", "x", "--top-k", "40");

        assertThat(ran).isEqualTo(new Ran(0, "The sea\n", "1 tokens in 400 ms, EOS, 2.50 tokens/s\n"));
        assertThat(body(0).path("job_id").asString()).startsWith("rbees-infer-");
        assertThat(body(0).path("max_tokens").asInt()).isEqualTo(50);
        assertThat(body(0).path("temperature").asDouble()).isEqualTo(0.7);
        assertThat(body(0).path("top_k").asInt()).isEqualTo(40);
        assertThat(body(0).path("messages").get(0).path("role").asString()).isEqualTo("user");
    }

    @Test
    void anAnswerOfAWorkerThatBreaksOffIsAFailure() throws Exception {
        server.on("POST /execute", cutAfter(STARTED, token(3, 0, "The")));

        Ran ran = run("infer", "--worker", "127.0.0.1:" + server.port(), "--prompt", "x");

        assertThat(ran.status()).isEqualTo(5);
        assertThat(ran.out()).isEqualTo("The");
        assertThat(ran.err()).contains("broke off");
    }

    @Test
    void wrongUsageExitsWithTwo() throws Exception {
        assertThat(run("jobs", "submit").status()).isEqualTo(2);
        assertThat(run("pull", "smollm2-135m").err()).contains("did you mean 'pool models download'?");
        assertThat(run("infer", "--worker", "nowhere", "--prompt", "x").err()).contains("--worker must be host:port");
        assertThat(run("jobs", "submit", "--model", "m", "--prompt", "x", "--temperature", "9").err())
                .contains("--temperature must be a number from 0.0 to 2.0 (got '9')");
        assertThat(run("pool", "status").err()).contains("--host is missing");
        environment.put("RBEES_SSH_CONFIG", "/no/such/file");
        assertThat(run("pool", "status", "--host", "box").err()).contains("/no/such/file, which cannot be read");
        assertThat(run("pool", "status", "--host", "-oProxyCommand=touch x").status()).isEqualTo(2);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void everyCommandOfThePoolIsThereWithAHost() throws Exception {
        String page = run("pool", "--help").out();

        for (String command : new String[] {"models catalog", "models list", "models download", "worker spawn",
            "worker list",
            "worker stop", "worker stop-all", "status"}) {
            assertThat(page).contains("  pool " + command + " ");
        }
        assertThat(run("pool", "worker", "spawn", "--help").out())
                .contains("Usage: rbees pool worker spawn <backend> --model <id> --host <host> [options]")
                .contains("rbees pool worker spawn cpu --model smollm2-135m --host gpu-box");
    }

    @Test
    void runsThePoolsProgramOnAnotherMachine() throws Exception {
        try (OpenSshServer machine = new OpenSshServer(folder.resolve("machine"), List.of())) {
            machine.poolIs("for a in \"$@\"; do printf '[%s]' \"$a\"; done; echo; printf 'talk\\033[31m\\n' >&2; exit 6");
            Path config = Files.writeString(folder.resolve("ssh-config"),
                    """
                    Host gpu-box
                      HostName 127.0.0.1
                      Port %d
                      User %s
                      IdentityFile %s/key
                      UserKnownHostsFile %s
                    """.formatted(machine.port(), System.getProperty("user.name"), machine.folder(), machine.knownHosts()));
            environment.put("RBEES_SSH_CONFIG", config.toString());

            assertThat(run("pool", "models", "download", "it's $(id)", "--host", "gpu-box", "--output=json"))
                    .isEqualTo(new Ran(6, "[models][download][it's $(id)][--output=json]\n", "talk[31m\n"));

            Files.delete(machine.folder().resolve("bin/rbees-pool"));
            Ran missing = run("pool", "--host", "gpu-box", "status");
            assertThat(missing.status()).isEqualTo(5);
            assertThat(missing.err()).contains("there is no rbees-pool on gpu-box");

            Files.delete(machine.knownHosts());
            Ran unknown = run("pool", "status", "--host", "gpu-box");
            assertThat(unknown.status()).isEqualTo(4);
            assertThat(unknown.err()).contains("host key").contains("is unknown");
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
