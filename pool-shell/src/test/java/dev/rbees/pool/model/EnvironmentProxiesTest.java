package dev.rbees.pool.model;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EnvironmentProxiesTest {

    private static String proxy(Map<String, String> environment, String uri) {
        return String.valueOf(new EnvironmentProxies(environment).proxyFor(URI.create(uri)));
    }

    @Test
    void takesTheProxyOfTheScheme() {
        Map<String, String> both = Map.of("https_proxy", "http://s:1", "HTTP_PROXY", "p:2");

        assertThat(proxy(both, "https://x/")).isEqualTo("http://s:1");
        assertThat(proxy(both, "http://x/")).isEqualTo("http://p:2");
        assertThat(proxy(Map.of("ALL_PROXY", "http://a:3"), "https://x/")).isEqualTo("http://a:3");
        assertThat(proxy(Map.of(), "https://x/")).isEqualTo("null");
    }

    @Test
    void leavesOutTheHostsOfNoProxyAndTheirDomains() {
        Map<String, String> some = Map.of("http_proxy", "http://p:2", "no_proxy", "localhost, .lan,example.org,*.corp");

        for (String excluded : new String[] {"localhost", "box.lan", "example.org", "a.example.org", "x.corp"}) {
            assertThat(proxy(some, "http://" + excluded + "/")).as(excluded).isEqualTo("null");
        }
        for (String through : new String[] {"notexample.org", "lan.example", "corp.net"}) {
            assertThat(proxy(some, "http://" + through + "/")).as(through).isEqualTo("http://p:2");
        }
        assertThat(proxy(Map.of("http_proxy", "http://p:2", "no_proxy", "*"), "http://any/")).isEqualTo("null");
    }
}
