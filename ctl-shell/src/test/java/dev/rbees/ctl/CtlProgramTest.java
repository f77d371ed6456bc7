package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static dev.rbees.ctl.client.FakeServer.end;
import static dev.rbees.ctl.client.FakeServer.events;
import static dev.rbees.ctl.client.FakeServer.json;
import static dev.rbees.ctl.client.FakeServer.token;
import static org.assertj.core.api.Assertions.assertThat;

/** What holds for every command: what is done with output that nobody takes, and with wrong usage. */
class CtlProgramTest extends CtlProcess {

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
}
