package dev.rbees.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.apache.sshd.client.SshClient;
import org.apache.sshd.common.NamedResource;

/** Only algorithms that are still considered safe: no SHA-1, no CBC, no MD5. */
final class StrongAlgorithms {

    private StrongAlgorithms() {}

    /** Takes the others out of a client's lists. */
    static void apply(SshClient client) {
        client.setKeyExchangeFactories(keep(client.getKeyExchangeFactories()));
        client.setCipherFactories(keep(client.getCipherFactories()));
        client.setMacFactories(keep(client.getMacFactories()));
        client.setSignatureFactories(keep(client.getSignatureFactories()));
    }

    private static <T extends NamedResource> List<T> keep(List<T> algorithms) {
        return algorithms.stream().filter(algorithm -> isStrong(algorithm.getName())).toList();
    }

    static boolean isStrong(String name) {
        return !name.contains("sha1") && !name.contains("-cbc") && !name.contains("md5") && !name.contains("3des")
                && !name.startsWith("ssh-rsa") && !name.startsWith("ssh-dss") && !name.equals("none");
    }

    /**
     * The order in which host keys are asked for: first the types that are known for the host, because only those can be
     * checked. Certificates are not asked for.
     */
    static List<String> hostKeyOrder(List<String> offered, List<String> known) {
        Predicate<String> isKnown = name -> known.contains(name.startsWith("rsa-sha2-") ? "ssh-rsa" : name);
        List<String> plain = offered.stream().filter(name -> !name.contains("-cert-")).toList();
        List<String> order = new ArrayList<>(plain.stream().filter(isKnown).toList());
        order.addAll(plain.stream().filter(isKnown.negate()).toList());
        return order;
    }
}
