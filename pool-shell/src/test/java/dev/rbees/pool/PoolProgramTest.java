package dev.rbees.pool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.pool.process.FakeInstallation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The real program, run as a process: what it prints where, and its exit code. */
class PoolProgramTest extends PoolProcess {

    @Test
    void withoutWordsAndTerminalItExplainsItselfAndFails() throws Exception {
        Ran ran = run();

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("Usage: rbees-pool <command>").contains("worker spawn");
    }

    @Test
    void dataGoesToStandardOutputAndTalkToStandardError() throws Exception {
        Ran catalog = run("models", "catalog", "--output", "json");
        assertThat(catalog.status()).isZero();
        assertThat(catalog.err()).isEmpty();
        JsonNode first = Json.readTree(catalog.out().getBytes(UTF_8)).get(0);
        assertThat(first.path("id").asString()).isEqualTo("smollm2-135m");
        assertThat(first.path("downloaded").asBoolean()).isFalse();

        Ran list = run("models", "list");
        assertThat(list).isEqualTo(new Ran(0, "",
                "No models on this machine. 'rbees-pool models catalog' shows what can be downloaded.\n"));
    }

    @Test
    void wrongUsageExitsWithTwo() throws Exception {
        Ran ran = run("worker", "spawn", "cpu");

        assertThat(ran).isEqualTo(
                new Ran(2, "", """
                               error: --model is missing: a model that is on this machine, by its id or as it was downloaded
                               'rbees-pool worker spawn --help' shows what it takes
                               """));
        assertThat(run("worker", "spawn", "gpu", "--model", "x").err()).contains("'gpu' is no backend");
    }

    @Test
    void failuresExitWithTheirCode() throws Exception {
        assertThat(run("models", "download", "no-such-model").status()).isEqualTo(3);
        assertThat(run("worker", "stop", "worker-cpu-nobody").status()).isEqualTo(3);
        assertThat(run("worker", "spawn", "cuda", "--model", "smollm2-135m").status()).isNotZero();
        Ran unreachable = run("models", "download", "smollm2-135m");
        assertThat(unreachable.status()).isEqualTo(5);
        assertThat(unreachable.out()).isEmpty();
        assertThat(unreachable.err().lines()).hasSize(2).first()
                .isEqualTo("127.0.0.1:1: no connection; trying the next source");
    }

    @Test
    void namesTheDownloadCommandForAModelThatIsNotHere() throws Exception {
        assertThat(run("worker", "spawn", "cpu", "--model", "smollm2-135m").err())
                .isEqualTo(
                        "error: model 'smollm2-135m' is not on this machine; run: rbees-pool models download smollm2-135m\n");
    }

    @Test
    void aModelThatSomebodyHasIsImportedCheckedAndDeleted() throws Exception {
        Path file = Files.writeString(folder.resolve("mine.gguf"), "GGUF\3\0\0\0" + "\0".repeat(16));

        Ran imported = run("models", "import", file.toString(), "--output", "json");
        assertThat(imported.status()).as(imported.err()).isZero();
        assertThat(Json.readTree(imported.out().getBytes(UTF_8)).path("downloaded").asBoolean()).isTrue();
        assertThat(run("models", "list", "--output", "name").out()).isEqualTo("mine\n");
        assertThat(run("models", "show", "mine").out()).contains("file:" + file);
        assertThat(run("models", "lock").status()).isZero();
        assertThat(run("models", "disk-usage").out()).containsPattern("mine +model +24 B");

        Path copy = folder.resolve("home/models/mine/mine.gguf");
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(copy, "GGUF\3\0\0\0" + "\1".repeat(16));
        Ran damaged = run("models", "verify", "mine", "--output", "json");
        assertThat(damaged.status()).isEqualTo(6);
        assertThat(Json.readTree(damaged.out().getBytes(UTF_8)).get(0).path("status").asString()).isEqualTo("damaged");
        assertThat(damaged.err()).contains("mine/mine.gguf").contains("models download --force mine");
        assertThat(run("models", "download", "--force", "mine").status()).isZero();
        assertThat(run("models", "verify", "mine").status()).isZero();

        assertThat(run("models", "delete", "mine", "--yes")).isEqualTo(new Ran(0, "", "deleted mine\n"));
        assertThat(run("models", "list", "--output", "name").out()).isEmpty();
        assertThat(run("models", "import", "/no/such/file").status()).isEqualTo(3);
    }

    @Test
    void aModelIsRegisteredShownAndUnregistered() throws Exception {
        Ran registered = run("models", "register", "mine", "--name", "Mine", "--repo", "org/repo", "--architecture", "llama",
                "--output", "json");
        assertThat(registered.status()).as(registered.err()).isZero();
        assertThat(Json.readTree(registered.out().getBytes(UTF_8)).path("source").asString()).isEqualTo("hf:org/repo@main");
        Ran again = run("models", "register", "mine", "--source", "hf.co/org/repo");
        assertThat(again).isEqualTo(new Ran(1, "", "error: model 'mine' already exists\n"));
        assertThat(run("models", "show", "mine").out()).contains("unknown").contains("unverified");
        assertThat(run("models", "download", "hf.co/org/repo").status()).isEqualTo(5);
        assertThat(run("models", "download", "smollm2-135m", "--source", "maven").err())
                .contains("has no source 'maven'; it has hf, pypi");

        assertThat(run("models", "unregister", "mine")).isEqualTo(new Ran(0, "", "unregistered mine\n"));
        assertThat(run("models", "unregister", "mine").status()).isEqualTo(3);
        assertThat(run("models", "register", "x").status()).isEqualTo(2);
    }

    @Test
    void aModelThatIsInUseIsNotDeleted() throws Exception {
        FakeInstallation.prepare(folder, folder.resolve("home"));
        environment.put("RBEES_INSTALL", folder.toString());
        String id = Json.readTree(run("worker", "spawn", "cpu", "--model", "smollm2-135m", "--output", "json").out()
                .getBytes(UTF_8)).path("worker_id").asString();

        Ran refused = run("models", "delete", "smollm2-135m", "--yes");

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("stop it first: rbees-pool worker stop " + id);
        assertThat(run("worker", "stop", id).status()).isZero();
        assertThat(run("models", "delete", "smollm2-135m", "--yes").status()).isZero();
    }

    @Test
    void isNotConfiguredByFilesOfTheCurrentFolder() throws Exception {
        Files.writeString(folder.resolve("application.properties"), "spring.main.web-application-type=nonsense\n");
        Files.writeString(folder.resolve("logback.xml"), "<configuration debug='true'/>");

        assertThat(run("models", "catalog", "--output", "name").out()).startsWith("smollm2-135m\n").contains("qwen3-4b\n");
    }

    @Test
    void warnsOfVariablesWithoutEffectAndUsesTheNameItWasCalledBy() throws Exception {
        environment.put("RBEES_HOEM", "/x");
        environment.put("RBEES_CALLED_AS", "llorch-pool");

        Ran ran = run("--version");

        assertThat(ran.status()).isZero();
        assertThat(ran.out()).startsWith("llorch-pool ");
        assertThat(ran.err()).isEqualTo(
                "warning: the environment variable RBEES_HOEM has no effect; did you mean 'RBEES_HOME'?\n");
    }

    @Test
    void refusesAHomeThatOthersCanWriteInto() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));

        Ran ran = run("models", "list");

        assertThat(ran.status()).isEqualTo(4);
        assertThat(ran.err()).contains("can be written by other users").contains("chmod 0700");
    }

    @Test
    void statusHasItsSchema() throws Exception {
        JsonNode status = Json.readTree(run("status", "--output", "json").out().getBytes(UTF_8));

        assertThat(status.path("schema").asInt()).isEqualTo(1);
        assertThat(status.path("host").asString()).isNotBlank();
        assertThat(status.path("memory").path("total_bytes").asLong())
                .isGreaterThanOrEqualTo(status.path("memory").path("available_bytes").asLong()).isPositive();
        assertThat(status.path("disk").path("free_bytes").asLong()).isPositive();
        assertThat(status.path("disk").path("path").asString()).isEqualTo(folder.resolve("home").toString());
        assertThat(status.path("gpus").isArray()).isTrue();
        assertThat(status.path("workers").isEmpty()).isTrue();
    }

    @Test
    void theDoctorExitsWithSixForAFailureAndSaysWhatMendsIt() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));

        Ran ran = run("doctor", "--output", "json");

        assertThat(ran.status()).as(ran.err()).isEqualTo(6);
        JsonNode findings = Json.readTree(ran.out().getBytes(UTF_8));
        assertThat(findings.size()).isGreaterThanOrEqualTo(15);
        for (JsonNode finding : findings) {
            assertThat(finding.path("status").asString()).isIn("ok", "warn", "fail", "skip");
            assertThat(finding.path("detail").asString()).isNotBlank();
            assertThat(finding.has("fix")).as(finding.toString())
                    .isEqualTo(List.of("warn", "fail").contains(finding.path("status").asString()));
        }
        assertThat(run("status").status()).as("every other command refuses such a home").isEqualTo(4);
        assertThat(run("doctor").err()).contains("home: run: chmod 0700 '" + home + "'");
    }

    @Test
    void atATerminalTheSameCommandsAreTyped() throws Exception {
        Path script = Path.of("/usr/bin/script");
        assumeTrue(Files.isExecutable(script), "no 'script' program to make a terminal with");
        String line = String.join(" ", command());
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "-qec", line, "/dev/null").directory(folder.toFile())
                .redirectErrorStream(true).redirectOutput(folder.resolve("screen").toFile());
        builder.environment().putAll(environment);
        builder.environment().put("TERM", "dumb");
        Process shell = builder.start();
        try (var keys = shell.outputWriter(UTF_8)) {
            keys.write("models catalog --output \"name\"\nbogus\nquit\n");
            keys.flush();
            assertThat(shell.waitFor(120, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(shell.exitValue()).isZero();
        assertThat(Files.readString(folder.resolve("screen"))).contains("rbees-pool> ").contains("smollm2-135m")
                .contains("unknown command 'bogus'");
        assertThat(folder.resolve("home/history")).content().contains("models catalog");
    }
}
