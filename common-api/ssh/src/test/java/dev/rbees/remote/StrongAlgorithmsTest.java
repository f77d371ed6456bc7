package dev.rbees.remote;

import java.util.List;
import java.util.stream.Stream;

import org.apache.sshd.client.SshClient;
import org.apache.sshd.common.NamedResource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StrongAlgorithmsTest {

    @Test
    void leavesNoWeakAlgorithmAndAtLeastOneOfEachKind() {
        SshClient client = SshClient.setUpDefaultClient();
        StrongAlgorithms.apply(client);

        List<String> names = Stream.of(client.getKeyExchangeFactories(), client.getCipherFactories(),
                client.getMacFactories(), client.getSignatureFactories()).flatMap(List::stream)
                .map(NamedResource::getName).toList();

        assertThat(names).noneMatch(name -> name.matches(".*(sha1|md5|cbc|3des|arcfour).*|ssh-rsa.*|ssh-dss.*|none"));
        assertThat(names).contains("curve25519-sha256", "chacha20-poly1305@openssh.com", "hmac-sha2-256-etm@openssh.com",
                "ssh-ed25519", "rsa-sha2-512");
    }

    @Test
    void asksFirstForHostKeysOfKnownTypesAndForCertificatesOnlyWhereAnAuthorityIsKnown() {
        List<String> offered = List.of("ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp256", "ssh-ed25519",
                "rsa-sha2-512", "rsa-sha2-256");

        assertThat(StrongAlgorithms.hostKeyOrder(offered, List.of("ssh-rsa"), false))
                .containsExactly("rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256");
        assertThat(StrongAlgorithms.hostKeyOrder(offered, List.of(), false))
                .containsExactly("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256");
        assertThat(StrongAlgorithms.hostKeyOrder(offered, List.of("ecdsa-sha2-nistp256"), true))
                .startsWith("ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp256");
    }
}
