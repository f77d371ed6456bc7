package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.UsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ListeningPortTest {

    @Test
    void aPortIsTakenWhileAnotherProgramListensThere() throws IOException {
        int port;
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = other.getLocalPort();
            assertThatThrownBy(() -> ListeningPort.requireFree("127.0.0.1", port)).isInstanceOfSatisfying(
                    RbeesException.class, e -> assertThat(e.code().exitCode()).isEqualTo(ExitCode.FAILED))
                    .hasMessageStartingWith("--port " + port + " is in use by another program");
        }
        assertThatCode(() -> ListeningPort.requireFree("127.0.0.1", port)).doesNotThrowAnyException();
    }

    @Test
    void anAddressOfAnotherMachineIsNoPortThatIsTaken() {
        // why: 192.0.2.0/24 is for documentation, and no machine has an address of it
        assertThatThrownBy(() -> ListeningPort.requireFree("192.0.2.7", 8001)).isInstanceOf(UsageException.class)
                .hasMessage("--bind 192.0.2.7 is no address of this machine");
    }
}
