package dev.rbees.pool;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.pool.process.FakeInstallation;
import dev.rbees.testing.Interrupts;
import dev.rbees.testing.Waiting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The commands for worker processes of the real program. */
class WorkerProgramTest extends PoolProcess {

    @BeforeEach
    void install() throws Exception {
        FakeInstallation.prepare(folder, folder.resolve("home"));
        environment.put("RBEES_INSTALL", folder.toString());
    }

    private JsonNode spawned() throws Exception {
        Ran spawned = run("worker", "spawn", "cpu", "--model", "smollm2-135m", "--output", "json");
        assertThat(spawned.status()).as(spawned.err()).isZero();
        return Json.readTree(spawned.out().getBytes(UTF_8));
    }

    @Test
    void workersSurviveTheProgramThatSpawnedThem() throws Exception {

        Ran spawned = run("worker", "spawn", "cpu", "--model", "smollm2-135m", "--output", "json");
        assertThat(spawned.status()).as(spawned.err()).isZero();
        JsonNode worker = Json.readTree(spawned.out().getBytes(UTF_8));
        String id = worker.path("worker_id").asString();
        assertThat(worker.path("status").asString()).isEqualTo("ready");
        assertThat(spawned.err()).contains(id + ": loading weights");

        assertThat(run("worker", "list", "--output", "name").out()).isEqualTo(id + "\n");
        assertThat(run("worker", "list").out()).containsPattern("WORKER +STATUS +MODEL").contains(id).contains("ready");
        assertThat(run("status").out()).contains(id);
        assertThat(run("worker", "stop-all", "--yes")).isEqualTo(new Ran(0, "", "stopped " + id + "\n"));
        assertThat(run("worker", "list")).isEqualTo(new Ran(0, "", "No workers running.\n"));
    }

    @Test
    void aTokenFromStandardInputIsKeptInAFileThatTheWorkerReads() throws Exception {
        String token = "a-token-of-at-least-32-characters-0001";

        Ran spawned = runWith(token + "\n", "worker", "spawn", "cpu", "--model", "smollm2-135m", "--token-stdin", "--output",
                "name");

        assertThat(spawned.status()).as(spawned.err()).isZero();
        String shown = run("worker", "show", spawned.out().strip(), "--output", "json").out();
        String file = Json.readTree(shown.getBytes(UTF_8)).path("arguments").toString().replaceAll(".*--token-file\",\"([^\"]*).*",
                "$1");
        assertThat(file).startsWith(folder.resolve("home/keys/token-").toString());
        assertThat(Files.readString(Path.of(file))).isEqualTo(token + "\n");
        assertThat(Files.getPosixFilePermissions(Path.of(file))).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        run("worker", "stop-all", "--yes");
        assertThat(runWith("short\n", "worker", "spawn", "cpu", "--model", "smollm2-135m", "--token-stdin").status()).isEqualTo(4);
    }

    @Test
    void printsTheEndOfTheLogOfAWorkerThatCrashes() throws Exception {
        environment.put("FAKE_WORKER", "crash");

        Ran ran = run("worker", "spawn", "cpu", "--model", "smollm2-135m");

        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("  line 30\n").contains("  cannot map the model\n")
                .containsPattern("error: worker-cpu-.{6} did not become ready: its process ended; its log is ");
    }

    @Test
    void anInterruptEndsTheProgramWith130AndLeavesTheWorker() throws Exception {
        Interrupts.assumeHeard();
        environment.put("FAKE_WORKER", "never");
        Process process = start(command("worker", "spawn", "cpu", "--model", "smollm2-135m"));
        Waiting.until(Duration.ofSeconds(60), () -> Files.readString(folder.resolve("err")).contains("loading weights"));

        new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(Files.readString(folder.resolve("err"))).contains("goes on loading; 'rbees-pool worker list' shows it");
        assertThat(run("worker", "list").out()).contains("loading");
        assertThat(run("worker", "stop-all").status()).isZero();
    }

    /** why: the record is written first, so that a worker is known whatever happens to the program that starts it. */
    @Test
    void aWorkerIsKnownAlsoWhenTheProgramIsKilledRightAfterItsStart() throws Exception {
        Path launcher = folder.resolve("bin/rbees-workerd");
        String plain = Files.readString(launcher);
        Files.writeString(launcher, plain.replace("#!/bin/sh\n", "#!/bin/sh\nkill -9 $PPID\n"));

        assertThat(run("worker", "spawn", "cpu", "--model", "smollm2-135m").status()).isEqualTo(137);

        JsonNode worker = Json.readTree(run("worker", "list", "--output", "json").out().getBytes(UTF_8)).get(0);
        assertThat(worker.path("pid").asLong()).isPositive();
        assertThat(run("worker", "stop", worker.path("worker_id").asString()).status()).isZero();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), worker.path("port").asInt()).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void aWorkerIsShownItsLogPrintedAndItIsStartedAgain() throws Exception {
        String id = spawned().path("worker_id").asString();

        Ran shown = run("worker", "show", id);
        assertThat(shown.out()).containsPattern("WORKER +" + id).containsPattern("LOG +/").containsPattern("STATUS +ready");
        assertThat(Json.readTree(run("worker", "show", id, "--output", "json").out().getBytes(UTF_8)).path("worker_id")
                .asString())
                .isEqualTo(id);
        assertThat(run("worker", "logs", "worker-cpu", "--lines", "1").out()).startsWith("started with [--worker-id, " + id);
        Ran again = run("worker", "restart", id.substring(0, id.length() - 1), "--output", "name");
        assertThat(again).isEqualTo(new Ran(0, id + "\n", again.err()));
        assertThat(run("worker", "logs", id).out().lines().filter(line -> line.startsWith("started"))).hasSize(2);

        run("worker", "stop", id);
        assertThat(run("worker", "logs", id).out()).as("also of one that was stopped").isNotEmpty();
        assertThat(run("worker", "restart", id).status()).isEqualTo(3);
        assertThat(run("worker", "logs", "worker-cpu-nobody").status()).isEqualTo(3);
    }

    @Test
    void saysWhenAWorkerIsNotRegistered() throws Exception {
        Ran spawned = run("worker", "spawn", "cpu", "--model", "smollm2-135m");

        assertThat(spawned.err()).containsPattern("worker-cpu-.{6} is not registered with the orchestrator"
                + " http://127.0.0.1:8080: nobody listens there; it tries again and again");
        assertThat(run("worker", "list").out()).contains("REGISTERED").containsPattern(" no +");
        run("worker", "stop-all", "--yes");
        Ran nowhere = run("worker", "spawn", "cpu", "--model", "smollm2-135m", "--orchestrator-url", "none");
        assertThat(nowhere.err()).doesNotContain("not registered");
        run("worker", "stop-all", "--yes");
    }

    @Test
    void aModelIsAskedInOneCommand() throws Exception {
        Ran first = run("run", "smollm2-135m", "Name the capital city of France.", "--max-tokens", "20");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.out()).isEqualTo("Paris.\n");
        assertThat(first.err()).containsPattern("worker-cpu-.{6} runs smollm2-135m from now on")
                .contains("1 tokens in 10 ms, EOS")
                .doesNotContain("not registered");

        Ran second = runWith("What is honey?\n", "run", "smollm2-135m");
        assertThat(second.out()).isEqualTo("It is sweet.\n");
        assertThat(second.err()).as("the worker is there already").doesNotContain("from now on");
        assertThat(run("worker", "list", "--output", "name").out().lines()).hasSize(1);

        assertThat(run("run", "smollm2-135m").err()).contains("the prompt must not be empty");
        assertThat(run("run", "smollm3", "Hello").status()).isEqualTo(3);
        run("worker", "stop-all", "--yes");
    }

    @Test
    void aWorkerBecomesAService() throws Exception {
        String id = spawned().path("worker_id").asString();

        Ran printed = run("service", "install", "--worker", id, "--print");
        assertThat(printed.out()).contains("bin/rbees-workerd").contains(id).contains(folder.resolve("home").toString());
        Ran installed = run("service", "install", "--directory", "units");
        assertThat(Path.of(installed.out().strip())).exists().content().isEqualTo(printed.out());
        assertThat(installed.err()).contains("rbees-pool worker stop " + id);
        assertThat(run("service", "uninstall", "--directory", "units").status()).isZero();
        assertThat(run("service", "uninstall", "--directory", "units").status()).isEqualTo(3);
        run("worker", "stop", id);
        assertThat(run("service", "install").status()).isEqualTo(3);
    }

    @Test
    void aTokenIsNamedByItsFile() throws Exception {
        Path token = Files.createFile(folder.resolve("token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(token, "short");
        assertThat(run("worker", "spawn", "cpu", "--model", "smollm2-135m", "--token-file", "token").status()).isEqualTo(4);
        Files.writeString(token, "0123456789abcdef".repeat(2));
        Ran spawned = run("worker", "spawn", "cpu", "--model", "smollm2-135m", "--bind", "0.0.0.0", "--token-file", "token",
                "--output", "name");
        assertThat(spawned.status()).as(spawned.err()).isZero();
        assertThat(run("worker", "logs", spawned.out().strip()).out())
                .contains("--token-file, " + token + ", --bind, 0.0.0.0").doesNotContain("0123456789abcdef");
        run("worker", "stop-all", "--yes");
    }
}
