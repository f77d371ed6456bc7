package dev.rbees.ctl.command;

import java.nio.file.Files;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.remote.OpenSshServer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** One command on several pools. */
class ManyMachinesTest extends PoolMachines {

    private static final String STATUS = INFO.replaceAll("\"(os|cpu)\":(\"[^\"]*\"|\\{[^}]*}),", "");

    private void three(String script) throws Exception {
        machine("box1", script);
        machine("box2", script);
        alias("box3", 1, servers.getFirst());
        pools("p1", "box1", "p2", "box2", "p3", "box3");
    }

    private static JsonNode json(Ran ran) {
        return Json.readTree(ran.out().getBytes(UTF_8));
    }

    @Test
    void everyPoolAnswersInADocumentAndOneThatIsAwayDoesNotStopTheOthers() throws Exception {
        three("echo \"got $*\" >&2; echo '[{\"id\":\"m\"}]'");

        Ran ran = run("pool", "models", "list", "--all", "--output", "json");

        assertThat(ran.status()).isEqualTo(5);
        assertThat(json(ran).toString()).startsWith("[{\"host\":\"p1\",\"ok\":true,\"result\":[{\"id\":\"m\"}]},"
                + "{\"host\":\"p2\",\"ok\":true,\"result\":[{\"id\":\"m\"}]},"
                + "{\"host\":\"p3\",\"ok\":false,\"error\":{\"code\":\"POOL_UNAVAILABLE\",\"message\":\"box3 refuses the connection");
        assertThat(ran.err().lines()).contains("p1: got models list --output=json", "p2: got models list --output=json")
                .anyMatch(line -> line.startsWith("error: p3: box3 refuses the connection"));
        String yaml = run("pool", "models", "list", "--host", "p2,p1", "-o", "yaml").out();
        assertThat(yaml)
                .isEqualTo("- host: p2\n  ok: true\n  result:\n  - id: m\n- host: p1\n  ok: true\n  result:\n  - id: m\n");
    }

    @Test
    void tablesStandBelowTheNamesOfThePools() throws Exception {
        three("[ \"$2\" = list ] && printf 'HEAD\\nrow of %s\\n' \"${RBEES_HOME%/home}\" | sed 's#/.*/##'");

        Ran ran = run("pool", "worker", "list", "--host", "p2", "--host", "box1");

        assertThat(ran).isEqualTo(new Ran(0, "==> p2 <==\nHEAD\nrow of box2\n\n==> box1 <==\nHEAD\nrow of box1\n", ""));
    }

    @Test
    void idsFollowTheNamesOfThePools() throws Exception {
        three("printf 'w-1\\nw-2\\n'");

        assertThat(run("pool", "worker", "list", "--host", "p1,p2", "--output=name").out())
                .isEqualTo("p1 w-1\np1 w-2\np2 w-1\np2 w-2\n");
    }

    @Test
    void theGravestExitCodeIsThatOfAll() throws Exception {
        machine("usage", "exit 2");
        machine("findings", "echo '[1]'; exit 6");
        machine("missing", "echo 'error: there is no such worker' >&2; exit 3");
        alias("away", 1, servers.getFirst());

        Ran doctor = run("pool", "doctor", "--host", "findings", "--output", "json");
        assertThat(doctor.status()).isEqualTo(1);
        assertThat(doctor.err()).contains("what rbees-pool on findings prints is not understood");
        assertThat(run("pool", "models", "list", "--host", "findings,missing,away").status()).isEqualTo(5);
        assertThat(run("pool", "models", "list", "--host", "away,usage,findings").status()).isEqualTo(2);
        Ran ran = run("pool", "models", "verify", "m", "--host", "findings,missing", "--output", "json");
        assertThat(ran.status()).isEqualTo(3);
        assertThat(json(ran).toString())
                .isEqualTo("[{\"host\":\"findings\",\"ok\":true,\"result\":[1]},{\"host\":\"missing\","
                        + "\"ok\":false,\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"there is no such worker\"}}]");
    }

    @Test
    void theStatusOfAllIsOneTable() throws Exception {
        three("echo '" + STATUS + "'");

        Ran ran = run("pool", "status", "--all");

        assertThat(ran.status()).isEqualTo(5);
        assertThat(ran.out().lines().map(line -> line.replaceAll(" +", " "))).containsExactly(
                "HOST STATUS MEMORY FREE DISK FREE GPUS MODELS WORKERS",
                "p1 ok 32.0 GB of 64.0 GB 500.0 GB of 1.0 TB 1 0 -",
                "p2 ok 32.0 GB of 64.0 GB 500.0 GB of 1.0 TB 1 0 -",
                "p3 no answer - - - - -");
    }

    @Test
    void aSinglePoolOfAllIsStillAnArray() throws Exception {
        machine("box1", "echo '[]'");
        pools("p1", "box1");

        assertThat(json(run("pool", "models", "list", "--all", "--output", "json")).toString())
                .isEqualTo("[{\"host\":\"p1\",\"ok\":true,\"result\":[]}]");
        assertThat(json(run("pool", "models", "list", "--host", "p1", "--host", "p1", "--output", "json")).toString())
                .isEqualTo("[]");
    }

    @Test
    void withoutAHostNothingIsDone() throws Exception {
        assertThat(run("pool", "status").err()).contains("--host is missing").contains("--all");
        assertThat(run("pool", "status", "--all").err()).contains("no pools are registered; 'rbees pool register");
        machine("box1", "");
        assertThat(run("pool", "worker", "logs", "w", "--follow", "--host", "box1,box2").err())
                .contains("--follow takes one host");
        pools("p1", "box1");
        Files.writeString(poolsFile(), "[[pools]]\nid = \"p1\"\nhots = \"box1\"\n");
        assertThat(run("pool", "status", "--host", "box1").err())
                .contains("'hots' is nothing that it may hold; did you mean 'host'?");
    }

    @Test
    void aDoctorLooksAtTheWayAsWell() throws Exception {
        OpenSshServer server = machine("box1",
                """
                case $1 in
                --version) echo "rbees-pool 9.9 (Java 25)";;
                doctor) echo '[{"name":"disk","status":"fail","detail":"full","fix":"tidy up"}]'; exit 6;;
                esac""");
        alias("away", 1, server);

        Ran ran = run("pool", "doctor", "--host", "box1");
        assertThat(ran.status()).isEqualTo(6);
        assertThat(ran.out().lines())
                .anyMatch(line -> line.matches("ssh +ok +reached .*@127.0.0.1, port " + server.port() + ".*"))
                .anyMatch(line -> line.matches("ssh-host-key +ok +ssh-ed25519 SHA256:[A-Za-z0-9+/]{43} is known"))
                .anyMatch(line -> line.matches("ssh-clock +ok +as here"))
                .anyMatch(line -> line.matches("ssh-version +warn +there 9.9, here .*"))
                .anyMatch(line -> line.matches("disk +fail +full"));
        assertThat(ran.err()).contains("disk: tidy up\n").contains("ssh-version: rbees pool upgrade --host box1\n");

        Ran away = run("pool", "doctor", "--host", "away", "--output", "json");
        assertThat(away.status()).isEqualTo(5);
        assertThat(json(away).path(0).path("status").asString()).isEqualTo("fail");

        Ran both = run("pool", "doctor", "--host", "box1,away");
        assertThat(both.status()).isEqualTo(5);
        assertThat(both.out()).contains("==> box1 <==\nCHECK").contains("==> away <==\nCHECK");
        assertThat(both.err()).contains("box1: disk: tidy up\n");
    }
}
