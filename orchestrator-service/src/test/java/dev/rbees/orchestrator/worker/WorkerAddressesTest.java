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
        return check(privateNetworks ? WorkerAddresses.PRIVATE : List.of(), host);
    }

    private static WorkerRegistration check(List<Network> networks, String host) {
        return new WorkerAddresses(networks, WorkerAddressesTest::find)
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

    /** Where clouds give credentials away, in every form in which it can be written, and what is no machine. */
    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "169.254.170.2", "169.254.0.23", "100.100.100.200", "192.0.0.192",
        "168.63.129.16", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "fd00:c1::a9fe:a9fe",
        "fe80::a9fe:a9fe", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::ffff:100.100.100.200", "::169.254.169.254",
        "2002:a9fe:a9fe::1", "2002:6464:64c8::", "64:ff9b::a9fe:a9fe", "64:ff9b::100.100.100.200",
        "64:ff9b:1::a9fe:a9fe", "::ffff:0:a9fe:a9fe", "2001:0:1::5601:5601", "fd00::5efe:169.254.169.254",
        "fd00::200:5efe:6464:64c8", "2002:a83f:8110::1", "0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "224.0.0.1",
        "239.255.255.250", "255.255.255.255", "ff02::1", "64:ff9b::0.0.0.0", "metadata.evil", "169.254.1.1"})
    void noWorkerIsThereWhateverIsNamed(String host) {
        List<Network> everything = List.of(Network.parse("0.0.0.0/0").orElseThrow(), Network.parse("::/0").orElseThrow());
        assertThatThrownBy(() -> check(everything, host)).isInstanceOf(RbeesException.class)
                .hasMessageContaining("none at which clouds");
        assertThatThrownBy(() -> check(WorkerAddresses.PRIVATE, host)).isInstanceOf(RbeesException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "100.100.100.201", "2001:db8::1", "fd00:ec3::254", "64:ff9b::8.8.8.8", "192.0.0.8",
        "fd00::5efe:10.0.0.1"})
    void everyOtherMachineIsThereWhenItIsNamed(String host) {
        List<Network> everything = List.of(Network.parse("0.0.0.0/0").orElseThrow(), Network.parse("::/0").orElseThrow());
        assertThat(check(everything, host).endpoint()).startsWith("http://");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1", "gopher://127.0.0.1", "file:///etc/passwd", "127.0.0.1:80", "127.0.0.1 ",
        "127.0.0.1\t", "a@169.254.169.254", "169.254.169.254#", "2852039166", "0xa9fea9fe", "[::1]/x", "evil.example?",
        "127.0.0.1\r\nX-Evil: 1", "0251.0376.0251.0376", "169.254.43518"})
    void whatIsNoAddressAndNoNameIsRefused(String host) {
        assertThatThrownBy(() -> check(WorkerAddresses.PRIVATE, host)).isInstanceOf(RbeesException.class);
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
