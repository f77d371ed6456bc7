package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import dev.rbees.api.json.Json;
import dev.rbees.ctl.client.FakeServer;
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

/** {@code rbees jobs …}. */
class JobsProgramTest extends CtlProcess {

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
        Process process = builder("jobs", "follow", "t1").start();
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
    void passesOnWhatTheOrchestratorRefuses() throws Exception {
        server.on("POST /v2/tasks",
                json(429, """
                          {"error":{"code":"QUEUE_FULL","message":"the queue is full","correlation_id":"c"}}"""));
        assertThat(run("jobs", "submit", "--model", "m", "--prompt", "x"))
                .isEqualTo(new Ran(5, "", "error: the queue is full\n"));

        server.on("POST /v2/tasks", json(502, "<html>Bad gateway</html>"));
        assertThat(run("jobs", "submit", "--model", "m", "--prompt", "x").err()).contains("HTTP 502");
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
