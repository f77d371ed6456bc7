package dev.rbees.ctl;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import dev.rbees.ctl.client.FakeServer;

import static dev.rbees.ctl.client.FakeServer.end;
import static dev.rbees.ctl.client.FakeServer.events;
import static dev.rbees.ctl.client.FakeServer.json;
import static dev.rbees.ctl.client.FakeServer.token;
import static org.assertj.core.api.Assertions.assertThat;

/** How the orchestrator is found, and what is said when it is not. */
class OrchestratorAddressesTest extends CtlProcess {

    @Test
    void saysHowToStartAnOrchestratorThatIsNotThere() throws Exception {
        Ran ran = run("jobs", "list", "--orchestrator", "http://127.0.0.1:1");

        assertThat(ran.status()).isEqualTo(5);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("no answer from http://127.0.0.1:1").contains("'rbees orchestrator start'");
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
}
