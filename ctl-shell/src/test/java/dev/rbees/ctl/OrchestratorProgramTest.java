package dev.rbees.ctl;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.rbees.api.json.Json;
import dev.rbees.shell.process.ProcessMark;
import dev.rbees.testing.Waiting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees orchestrator …} with a real process in the background. */
class OrchestratorProgramTest extends CtlProcess {

    private Path record;
    private String port;

    @BeforeEach
    void anInstallation() throws Exception {
        FakeOrcd.installInto(folder.resolve("install"));
        environment.put("RBEES_INSTALL", folder.resolve("install").toString());
        record = folder.resolve(".rbees/orchestrator.json");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = "" + free.getLocalPort();
        }
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (Files.exists(record)) {
            ProcessHandle.of(written().path("pid").asLong()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private JsonNode written() throws IOException {
        return Json.readTree(Files.readAllBytes(record));
    }

    private JsonNode status() throws Exception {
        return Json.readTree(run("orchestrator", "status", "-o", "json").out().getBytes(UTF_8));
    }

    @Test
    void itRunsInTheBackgroundUntilItIsStopped() throws Exception {
        Ran started = run("orchestrator", "start", "--wait", "--", "--port", port);
        long pid = written().path("pid").asLong();

        assertThat(started).isEqualTo(new Ran(0, "", "the orchestrator runs at http://127.0.0.1:" + port + ", pid " + pid
                + "; its log is " + folder.resolve(".rbees/orchestrator.log") + "\n"));
        JsonNode status = status();
        assertThat(status.path("status").asString()).isEqualTo("ok");
        assertThat(status.path("pid").asLong()).isEqualTo(pid);
        assertThat(status.path("workers").asInt()).isEqualTo(2);
        assertThat(status.path("queue_depth").asInt()).isEqualTo(7);
        assertThat(run("orchestrator", "start").err()).contains("runs already, at http://127.0.0.1:" + port);
        assertThat(run("orchestrator", "logs").out()).isEqualTo("started with [--port, " + port + "]\n");

        Ran stopped = run("orchestrator", "stop");

        assertThat(stopped).isEqualTo(
                new Ran(0, "", """
                               waiting for 1 task that runs; what is not done within 8 s goes on after the next start
                               the orchestrator has ended
                               """));
        assertThat(ProcessMark.of(pid)).isEmpty();
        assertThat(record).doesNotExist();
        assertThat(run("orchestrator", "stop").status()).isZero();
        assertThat(run("orchestrator", "status")).satisfies(ran -> {
            assertThat(ran.status()).isEqualTo(3);
            assertThat(ran.out()).containsPattern("STATUS +stopped");
        });
        assertThat(run("orchestrator", "logs", "--lines", "1").out()).as("its log stays").startsWith("started with");
    }

    @Test
    void whyItDidNotStartIsSaid() throws Exception {
        environment.put("FAKE_ORCD", "refuse");

        Ran ran = run("orchestrator", "start", "--wait", "--", "--port", port);

        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).startsWith(
                "error: the orchestrator did not start: --port 9 is in use by another program; choose another; its log is ");
        assertThat(record).doesNotExist();
        assertThat(run("orchestrator", "start", "--", "--port", "nine").status()).isEqualTo(2);
        environment.put("RBEES_INSTALL", folder.toString());
        assertThat(run("orchestrator", "start").err()).contains("rbees-orcd is missing in " + folder + "/bin");
        assertThat(record).doesNotExist();
    }

    @Test
    void aProcessThatTookOverThePidIsLeftAlone() throws Exception {
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            run("orchestrator", "start", "--wait", "--", "--port", port);
            long pid = written().path("pid").asLong();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            Waiting.until(Duration.ofSeconds(30), () -> ProcessMark.of(pid).isEmpty());
            ObjectNode changed = (ObjectNode) written();
            Files.writeString(record, Json.write(changed.put("pid", other.pid())));

            assertThat(status().path("status").asString()).isEqualTo("stopped");
            assertThat(run("orchestrator", "stop").err()).startsWith("no orchestrator runs");
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void oneWhoseStarterDiedBeforeItKnewThePidIsFoundAgain() throws Exception {
        run("orchestrator", "start", "--wait", "--", "--port", port);
        long pid = written().path("pid").asLong();
        ObjectNode changed = (ObjectNode) written();
        Files.writeString(record, Json.write(changed.put("pid", 0).put("process_start", "")));

        assertThat(status().path("pid").asLong()).isEqualTo(pid);
        assertThat(run("orchestrator", "stop").err()).endsWith("the orchestrator has ended\n");
        assertThat(ProcessMark.of(pid)).isEmpty();
    }

    @Test
    void oneThatDoesNotEndIsKilledOnlyWhenThatIsWanted() throws Exception {
        environment.put("FAKE_ORCD", "stubborn");
        run("orchestrator", "start", "--wait", "--", "--port", port);
        long pid = written().path("pid").asLong();

        Ran ran = run("orchestrator", "stop", "--timeout", "1");
        assertThat(ran.status()).isEqualTo(5);
        assertThat(ran.err()).contains("has not ended after 1 s").contains("'rbees orchestrator stop --force' kills it");
        assertThat(ProcessMark.of(pid)).isPresent();

        assertThat(run("orchestrator", "stop", "--timeout", "1", "--force").status()).isZero();
        assertThat(ProcessMark.of(pid)).isEmpty();
        assertThat(record).doesNotExist();
    }

    @Test
    void whatItStartedIsNotTakenForIt() throws Exception {
        run("orchestrator", "start", "--wait", "--", "--port", port);
        long pid = written().path("pid").asLong();
        // what it starts inherits the options for Java, and shows them
        Process child = new ProcessBuilder("sh", "-c", "sleep 600; exit", "java",
                "-Drbees.run=" + written().path("run").asString(), "/worker-service-1.jar").start();
        try {
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            Waiting.until(Duration.ofSeconds(30), () -> ProcessMark.of(pid).isEmpty());

            assertThat(status().path("status").asString()).isEqualTo("stopped");
            assertThat(run("orchestrator", "stop").err()).startsWith("no orchestrator runs");
            assertThat(child.isAlive()).isTrue();
        } finally {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly();
        }
    }

    @Test
    void itsLogIsFollowedToItsEnd() throws Exception {
        run("orchestrator", "start", "--wait", "--", "--port", port);
        Process following = builder("orchestrator", "logs", "-f").start();
        Waiting.until(Duration.ofSeconds(60), () -> Files.readString(folder.resolve("out")).contains("started with"));
        ProcessHandle.of(written().path("pid").asLong()).orElseThrow().destroy();

        assertThat(following.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(following.exitValue()).isZero();
    }
}
