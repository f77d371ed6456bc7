package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.remote.OpenSshServer;

import static dev.rbees.ctl.client.FakeServer.end;
import static dev.rbees.ctl.client.FakeServer.events;
import static dev.rbees.ctl.client.FakeServer.json;
import static dev.rbees.ctl.client.FakeServer.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees test models}, against an rbees-pool whose worker is the test's server. */
class ModelTestProgramTest extends CtlProcess {

    private static final String INFO = """
                                       {"schema":1,"host":"box","os":"Debian, Linux 6.1, amd64","cpu":{"model":"Xeon","cores":2,"features":[]},
                                       "memory":{"total_bytes":25000000000,"available_bytes":1},"disk":{"path":"/","total_bytes":1,"free_bytes":1},
                                       "gpus":[],"models":[],"workers":[]}""";
    private static final String MODEL = """
                                        {"id":"tiny","name":"Tiny","downloaded":true,"format":"gguf","architecture":"llama","quantization":"Q8_0",
                                        "size_bytes":1000,"sha256":"ab12"}""";

    @BeforeEach
    void aMachine() throws Exception {
        Files.writeString(folder.resolve("info"), INFO);
        Files.writeString(folder.resolve("model"), MODEL);
        Files.writeString(folder.resolve("worker"),
                """
                {"worker_id":"worker-cpu-a","pid":1,"port":%d,"endpoint":"http://127.0.0.1:1","backend":"cpu",
                "model":"tiny","status":"ready","slots_total":4,"started_at":"2026-11-23T12:00:00.000Z"}"""
                        .formatted(server.port()));
        Path bin = Files.createDirectories(folder.resolve("install/bin"));
        for (String program : List.of("rbees-pool", "rbees-workerd")) {
            Files.writeString(bin.resolve(program), "#!/bin/sh\n" + script());
            Files.setPosixFilePermissions(bin.resolve(program), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        environment.put("RBEES_INSTALL", folder.resolve("install").toString());
        server.on("GET /health", json(200,
                """
                {"status":"ready","worker_id":"worker-cpu-a","model":"tiny","worker_type":"cpu","capabilities":["text-gen"],
                "protocol":1,"memory_architecture":"host","memory_bytes":77,"slots_total":4,"slots_free":4,"uptime_seconds":1}"""));
        server.on("POST /execute", events(STARTED, token(3, 0, "a"), token(4, 1, "b"), end(5, 2)));
    }

    private String script() {
        return """
               echo "$*" >> '%s/asked'
               case "$*" in
                   "info --output json") cat '%1$s/info' ;;
                   "models show tiny --output json") cat '%1$s/model' ;;
                   "models show far --output json") sed 's/tiny/far/; s/true/false/' '%1$s/model' ;;
                   "models download far --output json") sed 's/tiny/far/' '%1$s/model' ;;
                   "models "*) echo "error: no model of that name" >&2; exit 3 ;;
                   "worker spawn cpu --model "*" --orchestrator-url none --output json") cat '%1$s/worker' ;;
                   "worker stop worker-cpu-a") ;;
                   *) echo "error: it is not known what '$*' is" >&2; exit 2 ;;
               esac"""
                .formatted(folder);
    }

    private List<String> asked() throws Exception {
        return Files.readAllLines(folder.resolve("asked"));
    }

    private static JsonNode cells(Ran ran) {
        return Json.readTree(ran.out().getBytes(UTF_8)).path("runs").get(0).path("cells");
    }

    @Test
    void aModelPassesThatIsStartedTwiceAndAnswersAlike() throws Exception {
        Files.createDirectory(folder.resolve("results"));

        Ran ran = run("test", "models", "--models", "tiny,far,none", "--backends", "cpu,cuda", "--results",
                folder.resolve("results").toString(), "--report", folder.resolve("page.md").toString(), "-o", "json");

        assertThat(ran.status()).as(ran.err()).isZero();
        JsonNode cell = cells(ran).get(0);
        assertThat(cell.path("status").asString()).isEqualTo("passed");
        assertThat(cell.path("tokens").asInt()).isEqualTo(2);
        assertThat(cell.path("tokens_per_second").asDouble()).as("the first token begins the time").isEqualTo(2.5);
        assertThat(cell.path("model_bytes").asLong()).isEqualTo(77);
        assertThat(cells(ran).get(1).path("reason").asString()).contains("--download was not given");
        assertThat(cells(ran).get(2).path("reason").asString()).isEqualTo("no model of that name");
        assertThat(cells(ran).get(3).path("reason").asString()).isEqualTo("this machine has no NVIDIA card");
        assertThat(ran.err()).contains("passed: tiny on cpu, this machine\n").endsWith("1 passed, 0 failed, 5 skipped\n");
        assertThat(asked().stream().filter(line -> line.startsWith("worker ")).toList()).containsExactly(
                "worker spawn cpu --model tiny --orchestrator-url none --output json", "worker stop worker-cpu-a",
                "worker spawn cpu --model tiny --orchestrator-url none --output json", "worker stop worker-cpu-a");
        assertThat(body(1)).isEqualTo(body(2));
        assertThat(body(3).path("ignore_eos").asBoolean()).isTrue();
        assertThat(Json.readTree(Files.readAllBytes(folder.resolve("results/models.json"))))
                .isEqualTo(Json.readTree(ran.out().getBytes(UTF_8)));
        assertThat(Files.readString(folder.resolve("page.md"))).contains("| `tiny` (own) | measured ")
                .contains("Debian, Linux 6.1, amd64, Xeon, 2 cores, 25 GB");
    }

    @Test
    void whatFailsIsSaidAndItsWorkerStopped() throws Exception {
        server.on("POST /execute", events(STARTED, token(3, 0, "a"), token(4, 2, "b"), end(5, 2)));

        Ran ran = run("test", "models", "--models", "tiny,far", "--backends", "cpu", "--download");

        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).containsPattern("tiny +cpu +this machine +failed.*token 2 came where token 1 was due")
                .containsPattern("far +cpu +this machine +failed");
        assertThat(asked()).contains("models download far --output json").endsWith("worker stop worker-cpu-a");
        assertThat(ran.err()).endsWith("0 passed, 2 failed, 0 skipped\n");
    }

    @Test
    void anotherMachineIsReachedThroughSshAlone() throws Exception {
        try (OpenSshServer machine = new OpenSshServer(folder.resolve("machine"), List.of())) {
            machine.poolIs(script());
            environment.put("RBEES_SSH_CONFIG", Files
                    .writeString(folder.resolve("ssh-config"),
                            """
                            Host gpu-box
                              HostName 127.0.0.1
                              Port %d
                              User %s
                              IdentityFile %s/key
                              UserKnownHostsFile %s
                            """.formatted(machine.port(), System.getProperty("user.name"), machine.folder(),
                                    machine.knownHosts()))
                    .toString());

            Ran ran = run("test", "models", "--models", "tiny", "--backends", "cpu", "--host", "gpu-box", "-o", "json");

            assertThat(ran.status()).as(ran.err()).isZero();
            JsonNode cell = cells(ran).get(0);
            assertThat(cell.path("status").asString()).isEqualTo("passed");
            assertThat(cell.path("resident_bytes").asLong()).as("of process 1").isPositive();

            Ran gone = run("test", "models", "--models", "tiny", "--backends", "cpu", "--host", "nobody@127.0.0.1:1", "-o",
                    "json");
            assertThat(gone.status()).isEqualTo(1);
            assertThat(cells(gone).get(0).path("status").asString()).isEqualTo("failed");
        }
    }

    @Test
    void wrongWordsAreRefusedBeforeAnythingIsStarted() throws Exception {
        assertThat(run("test", "models", "--backends", "abacus").status()).isEqualTo(2);
        assertThat(run("test", "models", "--models", ",").status()).isEqualTo(2);
        assertThat(run("test", "models", "--results", folder.resolve("no").toString()).status()).isEqualTo(3);
        assertThat(run("test", "report", "--results", folder.resolve("install").toString()).status()).isEqualTo(3);
        assertThat(folder.resolve("asked")).doesNotExist();
    }
}
