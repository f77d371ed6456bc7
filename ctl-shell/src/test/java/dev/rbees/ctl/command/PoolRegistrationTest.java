package dev.rbees.ctl.command;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.remote.OpenSshServer;

import static dev.rbees.ctl.client.FakeServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code pool register}, {@code list}, {@code show} and {@code unregister}. */
class PoolRegistrationTest extends PoolMachines {

    private static final String VIEW = """
                                       {"id":"p1","host":"10.0.0.1","labels":{},"on_demand":true,"tunnel":false,"state":"online"}""";

    private static String hostKey(OpenSshServer server) throws Exception {
        return Files.readString(server.folder().resolve("host.pub")).replaceFirst("(\\S+ \\S+).*", "$1").strip();
    }

    @Test
    void aPoolIsLookedAtAndWrittenDownWithTheKeyThatWasVerified() throws Exception {
        OpenSshServer server = machine("box", "echo '" + INFO + "'");

        Ran ran = run("pool", "register", "p1", "--host", "box", "--label", "room=cellar", "--label", "fast=yes",
                "--on-demand",
                "--output", "name");

        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo("p1\n");
        assertThat(ran.err()).contains("p1: Debian 13, 16 cores, 64.0 GB of memory, 500.0 GB of disk free, "
                + "RTX 3090 with 25.0 GB, 0 models, 0 workers\n")
                .contains("registered p1 in " + poolsFile() + ", with its host key\n")
                .contains("warning: the orchestrator was not told: ").contains("'rbees pool register p1' tells it later");
        assertThat(Files.readString(poolsFile())).isEqualTo("""
                                                            [[pools]]
                                                            id = "p1"
                                                            host = "box"
                                                            labels = { fast = "yes", room = "cellar" }
                                                            on_demand = true
                                                            host_keys = [ "%s" ]
                                                            """.formatted(hostKey(server)));
        assertThat(Files.getPosixFilePermissions(poolsFile())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void theOrchestratorIsToldWhatTheNamesMean() throws Exception {
        OpenSshServer server = machine("box", "echo '" + INFO + "'");
        orchestrator.on("POST /v2/pools", json(201, VIEW));
        environment.put("RBEES_ORCHESTRATOR_URL", orchestrator.url());

        Ran ran = run("pool", "register", "p1", "--host", "box", "--tunnel", "--orchestrator-key-file", "/etc/rbees/key");

        assertThat(ran.err()).contains("registered p1 at the orchestrator\n");
        JsonNode told = Json.readTree(orchestrator.requests().getLast().body().getBytes(UTF_8));
        assertThat(told.toString()).isEqualTo(Json.readTree(
                """
                {"id":"p1","host":"127.0.0.1","port":%d,"user":"%s","labels":{},"on_demand":false,"tunnel":true,
                "host_keys":["%s"],"key_file":"/etc/rbees/key"}""".formatted(server.port(), System.getProperty("user.name"),
                        hostKey(server)).getBytes(UTF_8))
                .toString());
    }

    @Test
    void registeringAgainChangesOnlyWhatIsSaid() throws Exception {
        machine("box", "echo '" + INFO + "'");
        run("pool", "register", "p1", "--host", "box", "--label", "a=1", "--path", "~/rbees/bin");
        String before = Files.readString(poolsFile());

        assertThat(run("pool", "register", "p1").status()).isZero();
        assertThat(Files.readString(poolsFile())).isEqualTo(before);

        run("pool", "register", "p1", "--label", "b=2", "--offline");
        assertThat(Files.readString(poolsFile())).contains("path = \"~/rbees/bin\"").contains("a = \"1\", b = \"2\"")
                .contains("host_keys");

        run("pool", "register", "p1", "--host", "elsewhere", "--offline");
        assertThat(Files.readString(poolsFile())).isEqualTo("[[pools]]\nid = \"p1\"\nhost = \"elsewhere\"\n");
    }

    @Test
    void aPoolThatIsAwayIsRegisteredAndOneThatIsNotTrustedIsNot() throws Exception {
        OpenSshServer server = machine("box", "echo '" + INFO + "'");
        server.close();

        Ran away = run("pool", "register", "p1", "--host", "box");
        assertThat(away.status()).isZero();
        assertThat(away.err()).contains("warning: box refuses the connection")
                .contains("without its host key: 'rbees pool register p1' adds that later");
        assertThat(Files.readString(poolsFile())).isEqualTo("[[pools]]\nid = \"p1\"\nhost = \"box\"\n");

        OpenSshServer strange = machine("strange", "echo '" + INFO + "'");
        Files.delete(strange.knownHosts());
        Ran unknown = run("pool", "register", "p2", "--host", "strange");
        assertThat(unknown.status()).isEqualTo(4);
        assertThat(unknown.err()).contains("host key").contains("is unknown");
        assertThat(Files.readString(poolsFile())).doesNotContain("p2");
    }

    @Test
    void aMachineWithoutRbeesIsRegisteredWithItsKey() throws Exception {
        OpenSshServer server = machine("box", "");
        Files.delete(server.folder().resolve("bin/rbees-pool"));

        Ran ran = run("pool", "register", "p1", "--host", "box");

        assertThat(ran.status()).isZero();
        assertThat(ran.err()).contains("warning: there is no rbees-pool on p1").contains("with its host key");
        assertThat(Files.readString(poolsFile())).contains(hostKey(server));
    }

    @Test
    void anotherKeyThanThePinnedOneStopsEveryCommand() throws Exception {
        OpenSshServer server = machine("box", "echo '" + INFO + "'");
        pools("p1", "box");
        Files.writeString(poolsFile(), Files.readString(poolsFile()) + "host_keys = [ \""
                + hostKey(server).replace("AAAA", "AAAB") + "\" ]\n");

        Ran ran = run("pool", "status", "--host", "p1");

        assertThat(ran.status()).isEqualTo(4);
        assertThat(ran.err()).contains("the host key of p1 is not the one that was pinned")
                .contains("rbees pool register p1");
        assertThat(run("pool", "status", "--host", "box").status()).isZero();
    }

    @Test
    void theListJoinsTheFileWithWhatTheOrchestratorSees() throws Exception {
        pools("p1", "box", "p2", "other");
        orchestrator.on("GET /v2/pools", json(200, "[" + VIEW + "," + VIEW.replace("p1", "p9") + "]"));

        Ran list = run("pool", "list", "--orchestrator", orchestrator.url(), "--output", "json");
        JsonNode rows = Json.readTree(list.out().getBytes(UTF_8));
        assertThat(rows).extracting(row -> row.path("id").asString() + " " + row.path("registered") + " "
                + row.path("host").asString() + " " + row.path("state").asString("-"))
                .containsExactly("p1 true box online", "p2 true other -", "p9 false 10.0.0.1 online");

        Ran alone = run("pool", "list", "--output", "name");
        assertThat(alone.out()).isEqualTo("p1\np2\n");
        assertThat(alone.err()).contains("warning: the orchestrator does not say how they are");
        assertThat(run("pool", "list", "--offline", "--output", "name")).isEqualTo(new Ran(0, "p1\np2\n", ""));
        assertThat(run("pool", "show", "p2", "--offline").out()).contains("HOST       other\n");
        Ran wrong = run("pool", "show", "p3", "--offline");
        assertThat(wrong.status()).isEqualTo(3);
        assertThat(wrong.err()).contains("no pool 'p3' is registered; did you mean 'p1'?");
    }

    @Test
    void aPoolIsForgottenHereAndThere() throws Exception {
        pools("p1", "box", "p2", "other");
        environment.put("RBEES_ORCHESTRATOR_URL", orchestrator.url());
        orchestrator.on("DELETE /v2/pools/p1", json(204, ""));
        for (String id : new String[] {"p2", "p3"}) {
            orchestrator.on("DELETE /v2/pools/" + id,
                    json(404, "{\"error\":{\"code\":\"POOL_NOT_FOUND\",\"message\":\"no such pool\"}}"));
        }

        assertThat(run("pool", "unregister", "p1")).isEqualTo(new Ran(0, "", "took p1 out of " + poolsFile()
                + "\ntook p1 out of the orchestrator's pools\n"));
        assertThat(run("pool", "unregister", "p2")).isEqualTo(new Ran(0, "", "took p2 out of " + poolsFile() + "\n"));
        assertThat(run("pool", "unregister", "p3").status()).isEqualTo(3);
        assertThat(Files.readString(poolsFile())).doesNotContain("p1").doesNotContain("p2");
    }

    @Test
    void anOrchestratorThatWasNamedAndDoesNotAnswerIsAFailure() {
        assertThat(run("pool", "register", "p1", "--host", "127.0.0.1:1", "--orchestrator", "http://127.0.0.1:1").status())
                .isEqualTo(5);
        assertThat(poolsFile()).exists();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"-oProxyCommand=id | box | id", "$(id) | box | id", "p;id | box | id",
        "p1 | -oProxyCommand=id | host", "p1 | $(id) | host", "p1 | a b | host"})
    void hostileNamesAreRefusedBeforeAnythingIsSent(String id, String host, String what) {
        Ran ran = run("pool", "register", id, "--host", host);

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains(what);
        assertThat(poolsFile()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--label=room | --label must be key=value", "--path=bin | --path must begin with /",
        "--user=a;b | --user must be a user's name", "--port=0 | --port must be a whole number from 1 to 65535",
        "--key-file=/no/such | cannot be read", "--host=x@box --user=y | --user says something else than --host"})
    void wrongValuesAreNamed(String option, String message) {
        String[] words = ("pool register p1 --offline " + (option.contains("--host") ? "" : "--host box ") + option)
                .split(" ");

        Ran ran = run(words);

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains(message);
    }
}
