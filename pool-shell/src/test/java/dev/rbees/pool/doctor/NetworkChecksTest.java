package dev.rbees.pool.doctor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.pool.doctor.Finding.Status;

import static org.assertj.core.api.Assertions.assertThat;

class NetworkChecksTest {

    /** Where nobody listens. */
    private static final String NOBODY = "http://127.0.0.1:1";

    private final Map<String, String> environment = new HashMap<>();
    private HttpServer server;
    private volatile int status = 200;
    private NetworkChecks.Resolver resolver = _ -> new InetAddress[] {InetAddress.getLoopbackAddress()};
    private InstantSource clock = InstantSource.system();

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        environment.put("HF_ENDPOINT", url());
        environment.put("PIP_INDEX_URL", url() + "/simple");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Finding finding(String name) {
        return new Doctor(new NetworkChecks(environment, clock, resolver).all()).examine().stream()
                .filter(finding -> finding.name().equals(name)).findFirst().orElseThrow();
    }

    private void is(Status expected, String name) {
        Finding finding = finding(name);
        assertThat(finding.status()).as(finding.detail()).isEqualTo(expected);
        assertThat(finding.fix() != null).isEqualTo(expected == Status.WARN || expected == Status.FAIL);
    }

    @Test
    void dns() throws Exception {
        is(Status.OK, "dns");
        resolver = name -> {
            if (name.equals("localhost")) {
                return new InetAddress[] {InetAddress.getLoopbackAddress()};
            }
            throw new UnknownHostException();
        };
        is(Status.WARN, "dns");
        environment.put("http_proxy", NOBODY);
        is(Status.SKIP, "dns");
        resolver = _ -> new InetAddress[] {InetAddress.getByAddress(new byte[] {10, 0, 0, 1})};
        is(Status.FAIL, "dns");
    }

    @Test
    void proxy() throws Exception {
        is(Status.SKIP, "proxy");
        environment.put("no_proxy", "127.0.0.1");
        environment.put("HTTPS_PROXY", "http://user:secret@127.0.0.1:1");
        is(Status.FAIL, "proxy");
        assertThat(finding("proxy").detail()).isEqualTo("https_proxy names 127.0.0.1:1, which does not answer");
        environment.put("HTTPS_PROXY", "http://[");
        is(Status.FAIL, "proxy");
        try (ServerSocket listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            environment.put("HTTPS_PROXY", "127.0.0.1:" + listening.getLocalPort());
            is(Status.OK, "proxy");
        }
    }

    @Test
    void hub() {
        is(Status.OK, "hub");
        status = 503;
        is(Status.WARN, "hub");
        environment.put("HF_ENDPOINT", NOBODY);
        is(Status.WARN, "hub");
        environment.put("HF_ENDPOINT", "nonsense");
        is(Status.FAIL, "hub");
    }

    @Test
    void packageIndex() {
        is(Status.OK, "package-index");
        environment.put("PIP_INDEX_URL", NOBODY);
        is(Status.WARN, "package-index");
        environment.put("PIP_INDEX_URL", "nonsense");
        is(Status.SKIP, "package-index");
    }

    @Test
    void orchestrator() {
        is(Status.SKIP, "orchestrator");
        environment.put("RBEES_ORCHESTRATOR_URL", NOBODY + "," + url());
        is(Status.OK, "orchestrator");
        environment.put("RBEES_ORCHESTRATOR_URL", "http://user:secret@127.0.0.1:1");
        is(Status.WARN, "orchestrator");
        assertThat(finding("orchestrator").detail()).doesNotContain("secret");
        environment.put("RBEES_ORCHESTRATOR_URL", "localhost");
        is(Status.FAIL, "orchestrator");
    }

    @Test
    void clock() {
        is(Status.OK, "clock");
        clock = () -> Instant.now().minusSeconds(3600);
        is(Status.WARN, "clock");
        clock = () -> Instant.parse("2020-01-01T00:00:00Z");
        is(Status.FAIL, "clock");
        environment.put("HF_ENDPOINT", NOBODY);
        environment.put("PIP_INDEX_URL", NOBODY);
        is(Status.SKIP, "clock");
    }
}
