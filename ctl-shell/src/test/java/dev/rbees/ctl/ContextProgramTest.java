package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.ctl.client.FakeServer;

import static dev.rbees.ctl.client.FakeServer.json;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees context …}, and which orchestrator is asked. */
class ContextProgramTest extends CtlProcess {

    private Path file;
    private Path token;

    @BeforeEach
    void noOrchestratorIsNamed() throws Exception {
        environment.remove("RBEES_ORCHESTRATOR_URL");
        file = folder.resolve(".rbees/contexts.toml");
        token = Files.createFile(folder.resolve("token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(token, "t".repeat(40));
        server.on("GET /v2/models", json(200, "[]"));
    }

    @Test
    void theCurrentContextIsAskedAndShownItsToken() throws Exception {
        server.on("GET /v2/models",
                exchange -> json(200, """
                                      [{"model_id":"%s","model_digest":"d","context_length":1,"workers":[]}]"""
                        .formatted(exchange.getRequestHeaders().getFirst("Authorization"))).write(exchange));
        assertThat(run("context", "set", "lab", "--orchestrator", server.url(), "--token-file", token.toString()))
                .isEqualTo(new Ran(0, "", "'rbees context use lab' has commands talk to it\n"));
        assertThat(run("models", "--context", "lab", "-o", "name").out()).isEqualTo("Bearer " + "t".repeat(40) + "\n");
        assertThat(run("models", "--orchestrator", server.url(), "-o", "name").out())
                .as("no token of a context leaves for an address of the command line").isEqualTo("null\n");

        assertThat(run("context", "use", "lab").err()).isEqualTo("commands talk to " + server.url() + " now\n");

        assertThat(run("models", "-o", "name").out()).isEqualTo("Bearer " + "t".repeat(40) + "\n");
        assertThat(Files.readString(file)).isEqualTo("""
                                                     # The orchestrators of 'rbees'; written by 'rbees context'.
                                                     current = "lab"

                                                     [contexts."lab"]
                                                     orchestrator = "%s"
                                                     token_file = "%s"
                                                     """.formatted(server.url(), token));
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void theCommandLineComesFirstThenTheEnvironmentThenTheContext() throws Exception {
        run("context", "set", "home.1", "--orchestrator", "http://127.0.0.1:1");
        run("context", "use", "home.1");
        assertThat(run("models").err()).contains("no answer from http://127.0.0.1:1");
        assertThat(run("context", "show").out()).containsPattern("ORCHESTRATOR +http://127.0.0.1:1")
                .containsPattern("CONTEXT +home.1").containsPattern("SAID BY +the current context");

        try (FakeServer other = new FakeServer()) {
            other.on("GET /v2/models", json(200, "[]"));
            environment.put("RBEES_ORCHESTRATOR_URL", other.url());
            assertThat(run("models").status()).isZero();
            assertThat(other.requests()).hasSize(1);
            assertThat(run("context", "use", "home.1").err())
                    .contains("warning: RBEES_ORCHESTRATOR_URL is set and comes first");
        }
        assertThat(run("models", "--orchestrator", server.url()).status()).isZero();
        assertThat(run("models", "--orchestrator", server.url(), "--context", "home.1"))
                .extracting(Ran::status).isEqualTo(2);
    }

    @Test
    void theyAreListedAndForgotten() throws Exception {
        assertThat(run("context", "list").err()).contains("No contexts");
        run("context", "set", "a", "--orchestrator", "http://a:1,http://b:2");
        run("context", "set", "b", "--orchestrator", "http://c:3");
        run("context", "set", "b", "--orchestrator", "http://d:4");
        run("context", "use", "b");

        assertThat(run("context", "list", "-o", "name").out()).isEqualTo("a\nb\n");
        assertThat(run("context", "list").out()).containsPattern("b +yes +http://d:4")
                .containsPattern("a +- +http://a:1,http://b:2");
        assertThat(run("context", "use", "c")).isEqualTo(new Ran(3, "",
                "error: no context 'c'; did you mean 'a'?; 'rbees context list' shows them\n"));
        assertThat(run("context", "delete", "b").err()).contains("no context is the current one now");
        assertThat(run("context", "show").out()).containsPattern("SAID BY +the default");
        assertThat(run("context", "list", "-o", "name").out()).isEqualTo("a\n");
    }

    @Test
    void whatCannotWorkIsNotTakenIn() throws Exception {
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(run("context", "set", "x", "--orchestrator", server.url(), "--token-file", token.toString()))
                .satisfies(ran -> {
                    assertThat(ran.status()).isEqualTo(4);
                    assertThat(ran.err()).contains("chmod 0600");
                });
        assertThat(run("context", "set", "x", "--orchestrator", "nowhere").status()).isEqualTo(2);
        assertThat(run("context", "set", "x y", "--orchestrator", server.url()).status()).isEqualTo(2);
        assertThat(file).doesNotExist();
    }

    @Test
    void aFileThatIsNotUnderstoodIsNamedAndLeftAlone() throws Exception {
        Files.createDirectories(file.getParent(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(file, "[contexts.a]\norchestrater = \"http://a\"\n");

        assertThat(run("models")).satisfies(ran -> {
            assertThat(ran.status()).isEqualTo(2);
            assertThat(ran.err()).contains(file + ": nobody reads 'orchestrater'; did you mean 'orchestrator'?");
        });
        Files.writeString(file, "[contexts.a\n");
        assertThat(run("context", "set", "b", "--orchestrator", "http://b:1").err())
                .contains(file + ": is no TOML in line 1");
        assertThat(file).hasContent("[contexts.a\n");
        assertThat(run("models", "--orchestrator", server.url()).status()).as("it is not needed").isZero();
        Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(run("models").status()).isEqualTo(4);
    }
}
