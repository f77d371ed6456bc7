package dev.rbees.orchestrator.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import dev.rbees.home.CaFile;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.service.Access;
import dev.rbees.service.Daemon;
import dev.rbees.service.HostGuard;
import dev.rbees.testing.TlsServer;

import static org.assertj.core.api.Assertions.assertThat;

/** An orchestrator that stands by has the same door as the one that leads. */
class ForwarderTest {

    @TempDir
    static Path home;

    private static ConfigurableApplicationContext standby;
    private static RunningOrchestrator leader;
    private static TlsServer tls;
    private static Forwarder forwarder;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        leader = new RunningOrchestrator(home.resolve("home"), 3);
        tls = new TlsServer(home.resolve("tls"), "ip:127.0.0.1", "-1d");
        forwarder = new Forwarder(new HostGuard(Access.LOOPBACK),
                Optional.of(new CaFile(tls.authority().toString()).context()));
        standby = new SpringApplicationBuilder(Standby.class).properties(Daemon.DEFAULTS)
                .properties("server.port=0", "server.address=127.0.0.1")
                .initializers(context -> context.getBeanFactory().registerSingleton("early", forwarder)).run();
        port = Integer.parseInt(standby.getEnvironment().getProperty("local.server.port", ""));
    }

    @AfterAll
    static void stop() {
        standby.close();
        leader.close();
        tls.close();
    }

    private static String ask(String head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({"Host: evil.example, 421", "Host: 127.0.0.1.evil.example, 421", "X-None: 1, 421",
        "'Host: localhost\r\nHost: localhost', 421", "'Host: localhost\r\nOrigin: http://evil.example', 403",
        "'Host: localhost\r\nSec-Fetch-Site: cross-site', 403"})
    void foreignPagesAreKeptOutWhoeverLeads(String headers, int status) throws IOException {
        for (Optional<String> leads : List.of(Optional.<String>empty(), Optional.of(leader.base()))) {
            forwarder.leader(leads);
            for (String path : new String[] {"/health/live", "/v2/tasks", "/metrics"}) {
                assertThat(ask("GET " + path + " HTTP/1.1\r\n" + headers)).startsWith("HTTP/1.1 " + status + " ");
            }
        }
    }

    @Test
    void aLeaderBehindTlsIsTrustedByTheAuthoritiesOfAFile() throws IOException {
        forwarder.leader(Optional.of("https://127.0.0.1:" + tls.port()));
        assertThat(ask("GET /v2/tasks HTTP/1.1\r\nHost: localhost")).startsWith("HTTP/1.1 200 ").contains("{}");
        forwarder.leader(Optional.of(leader.base()));
        assertThat(ask("GET /v2/tasks HTTP/1.1\r\nHost: localhost")).startsWith("HTTP/1.1 200 ").contains("[]");
    }

    @Test
    void otherBodiesThanJsonAreNotHandedOn() throws IOException {
        forwarder.leader(Optional.of(leader.base()));
        assertThat(ask("POST /v2/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Type: text/plain"))
                .startsWith("HTTP/1.1 415 ");
        assertThat(ask("POST /v2/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Type: application/json"
                + "\r\nContent-Encoding: gzip")).startsWith("HTTP/1.1 415 ");
    }

    @Test
    void whatIsOursIsHandedOnAndWaitsWhileNobodyLeads() throws IOException {
        forwarder.leader(Optional.of(leader.base()));
        assertThat(ask("GET /v2/meta/version HTTP/1.1\r\nHost: localhost")).startsWith("HTTP/1.1 200 ")
                .contains("api_version");
        forwarder.leader(Optional.empty());
        assertThat(ask("GET /v2/meta/version HTTP/1.1\r\nHost: localhost")).startsWith("HTTP/1.1 503 ")
                .contains("Retry-After: 2");
    }
}
