package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.rbees.testing.TerminalSession;

import static dev.rbees.ctl.client.FakeServer.cutAfter;
import static dev.rbees.ctl.client.FakeServer.end;
import static dev.rbees.ctl.client.FakeServer.events;
import static dev.rbees.ctl.client.FakeServer.json;
import static dev.rbees.ctl.client.FakeServer.token;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees infer}. */
class InferProgramTest extends CtlProcess {

    @Test
    void asksAWorkerDirectly() throws Exception {
        server.on("POST /execute", events(STARTED, token(3, 0, "The sea"), end(4, 1)));

        Ran ran = run("infer", "--worker", "127.0.0.1:" + server.port(), "--prompt", "x\ny\033[2J", "--top-k", "40");

        assertThat(ran).isEqualTo(new Ran(0, "The sea\n", """
                                                          worker 127.0.0.1:%d, max tokens 50, temperature 0.7
                                                          prompt: x y[2J
                                                          1 tokens in 400 ms, EOS, 2.50 tokens/s
                                                          """.formatted(server.port())));
        assertThat(body(0).path("job_id").asString()).startsWith("rbees-infer-");
        assertThat(body(0).path("max_tokens").asInt()).isEqualTo(50);
        assertThat(body(0).path("temperature").asDouble()).isEqualTo(0.7);
        assertThat(body(0).path("top_k").asInt()).isEqualTo(40);
        assertThat(body(0).path("messages").get(0).path("role").asString()).isEqualTo("user");
    }

    @Test
    void onATerminalTheAnswerStandsBetweenRules() throws Exception {
        server.on("POST /execute", events(STARTED, token(3, 0, "The sea"), end(4, 1)));
        String rule = "─".repeat(80) + "\n";

        try (TerminalSession terminal = TerminalSession.start(CtlApplication.class, Map.of("HOME", folder.toString()),
                "infer",
                "--worker", "127.0.0.1:" + server.port(), "--prompt", "x")) {
            assertThat(terminal.await("tokens/s")).endsWith(
                    "prompt: x\n" + rule + "The sea\n" + rule + "1 tokens in 400 ms, EOS, 2.50 tokens/s");
            assertThat(terminal.exit()).isZero();
        }
    }

    @Test
    void anAnswerWithoutATokenIsWarnedOf() throws Exception {
        server.on("POST /execute", events(STARTED, end(4, 0)));

        assertThat(run("infer", "--worker", "127.0.0.1:" + server.port(), "--prompt", "x").err())
                .contains("warning: the answer is empty");
    }

    @Test
    void anAnswerOfAWorkerThatBreaksOffIsAFailure() throws Exception {
        server.on("POST /execute", cutAfter(STARTED, token(3, 0, "The")));

        Ran ran = run("infer", "--worker", "127.0.0.1:" + server.port(), "--prompt", "x");

        assertThat(ran.status()).isEqualTo(5);
        assertThat(ran.out()).isEqualTo("The");
        assertThat(ran.err()).contains("broke off");
    }

    @Test
    void aMissingTokenIsSaidToBeMissing() throws Exception {
        server.on("POST /execute", exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            json(401, "").write(exchange);
        });

        Ran ran = run("infer", "--worker", "127.0.0.1:" + server.port(), "--prompt", "x");

        assertThat(ran.status()).isEqualTo(4);
        assertThat(ran.err()).contains("asks for a token").contains("RBEES_API_TOKEN_FILE");
    }

    @Test
    void aWorkerBehindTlsIsTrustedByTheAuthorityThatIsNamed() throws Exception {
        Path authority = Files.writeString(folder.resolve("ca.pem"), "no certificate");

        Ran ran = run("infer", "--worker", "https://127.0.0.1:" + server.port(), "--prompt", "x", "--ca-file",
                authority.toString());
        assertThat(ran.status()).as("the file is read").isEqualTo(2);
        assertThat(ran.err()).contains(authority.toString());
        environment.put("RBEES_CA_FILE", authority.toString());
        assertThat(run("infer", "--worker", "https://127.0.0.1:" + server.port(), "--prompt", "x").err())
                .isEqualTo(ran.err());
        assertThat(run("infer", "--worker", "127.0.0.1:" + server.port(), "--prompt", "x").err())
                .as("without TLS it is not needed").doesNotContain(authority.toString());
    }
}
