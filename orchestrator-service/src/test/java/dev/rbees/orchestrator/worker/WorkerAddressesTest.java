package dev.rbees.orchestrator.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerRegistration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Where a worker may be. */
class WorkerAddressesTest {

    private static WorkerRegistration check(boolean privateNetworks, String host) {
        return new WorkerAddresses(privateNetworks ? WorkerAddresses.PRIVATE : List.of(), WorkerAddressesTest::find)
                .check(new WorkerRegistration("w1", host, 8001, Backend.CPU, "tiny", "a".repeat(64), 128, 1, 1, null));
    }

    /** The name service of these tests. */
    private static InetAddress find(String name) throws UnknownHostException {
        return switch (name) {
            case "gpu.lan" -> InetAddress.getByName("192.168.1.7");
            case "metadata.evil" -> InetAddress.getByName("169.254.169.254");
            default -> {
                if (!name.matches("[0-9a-fA-F:.]+")) {
                    throw new UnknownHostException(name);
                }
                yield InetAddress.getByName(name);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true, true", "::1, true, true", "10.1.2.3, false, true", "172.16.0.1, false, true",
        "192.168.1.7, false, true", "gpu.lan, false, true", "100.64.0.1, false, true", "fd00::1, false, true",
        "100.128.0.1, false, false", "172.32.0.1, false, false", "8.8.8.8, false, false", "0.0.0.0, false, false",
        "169.254.169.254, false, false", "metadata.evil, false, false", "fe80::1, false, false", "fec0::1, false, false",
        "::, false, false", "224.0.0.1, false, false", "255.255.255.255, false, false", "2001:db8::1, false, false",
        "2130706433, false, false", "0x7f000001, false, false", "nobody.lan, false, false", "user@127.0.0.1, false, false",
        "127.0.0.1/x, false, false", "127.0.0.1#x, false, false"})
    void thisMachineAtHomeAndPrivateNetworksOtherwise(String host, boolean home, boolean lab) {
        for (boolean privateNetworks : new boolean[] {false, true}) {
            if (privateNetworks ? lab : home) {
                assertThat(check(privateNetworks, host).endpoint()).startsWith("http://").endsWith(":8001");
            } else {
                assertThatThrownBy(() -> check(privateNetworks, host)).isInstanceOf(RbeesException.class)
                        .hasMessageContaining("host ");
            }
        }
    }

    @Test
    void aNameIsLookedUpOnce() {
        assertThat(check(true, "gpu.lan").endpoint()).isEqualTo("http://192.168.1.7:8001");
        assertThat(check(true, "::ffff:127.0.0.1").endpoint()).isEqualTo("http://127.0.0.1:8001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "localhost/8", "10.0.0.0/8/8", "abc/8", "", "::/129"})
    void aRangeIsAnAddressAndBits(String text) {
        assertThat(Network.parse(text)).isEmpty();
    }
}
