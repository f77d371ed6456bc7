package dev.rbees.orchestrator.provisioning;

import java.net.InetAddress;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.rbees.orchestrator.provisioning.PoolAccess.Route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OwnAddressTest {

    private static final Route AWAY = new Route(address("10.0.0.1"), address("10.0.0.5"));
    private static final Route OVER_ANOTHER = new Route(Optional.empty(), Optional.empty());

    private static Optional<InetAddress> address(String text) {
        return Optional.of(InetAddress.ofLiteral(text));
    }

    private static OwnAddress bound(String bind) {
        return new OwnAddress(Optional.empty(), bind, () -> 8080, "orc", false);
    }

    @Test
    void workersFindUsWhereWeListen() {
        assertThat(bound("0.0.0.0").url(AWAY)).isEqualTo("http://10.0.0.1:8080");
        assertThat(bound("10.0.0.2").url(AWAY)).isEqualTo("http://10.0.0.2:8080");
        assertThat(bound("127.0.0.1").url(Route.WITHIN)).isEqualTo("http://127.0.0.1:8080");
        assertThat(bound("::").url(new Route(address("fd00::1"), address("fd00::2"))))
                .isEqualTo("http://[fd00:0:0:0:0:0:0:1]:8080");
        assertThat(new OwnAddress(Optional.of("https://orc:443"), "127.0.0.1", () -> 8080, "orc", true).url(OVER_ANOTHER))
                .isEqualTo("https://orc:443");
    }

    @Test
    void whoCannotReachUsIsToldWhatToDo() {
        assertThatThrownBy(() -> bound("127.0.0.1").url(AWAY)).hasMessageContaining("listens on 127.0.0.1 only")
                .hasMessageContaining("RBEES_MODE=lab").hasMessageContaining("tunnel");
        assertThatThrownBy(() -> bound("0.0.0.0").url(OVER_ANOTHER)).hasMessageContaining("--advertise-url");
        assertThatThrownBy(() -> new OwnAddress(Optional.empty(), "0.0.0.0", () -> 8080, "orc", true).url(AWAY))
                .hasMessageContaining("--advertise-url https://");
    }
}
