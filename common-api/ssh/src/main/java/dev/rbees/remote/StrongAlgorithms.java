package dev.rbees.remote;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

import org.apache.sshd.client.SshClient;
import org.apache.sshd.common.NamedResource;

/** Only algorithms that are still considered safe: no SHA-1, no CBC, no MD5. */
final class StrongAlgorithms {

    private static final String CERTIFICATE = "-cert-";
    private static final String SHOWN_FIRST = "ssh-ed25519";

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
     * The order in which host keys are asked for: certificates when somebody is trusted to sign them, then the types that are
     * known for the host, because only those can be checked. Of unknown ones ed25519 is shown, as ssh would.
     */
    static List<String> hostKeyOrder(List<String> offered, List<String> known, boolean hasAuthority) {
        Predicate<String> isKnown = name -> known.contains(name.startsWith("rsa-sha2-") ? "ssh-rsa" : name);
        List<String> plain = offered.stream().filter(name -> !name.contains(CERTIFICATE)).toList();
        List<String> order = new ArrayList<>();
        if (hasAuthority) {
            order.addAll(offered.stream().filter(name -> name.contains(CERTIFICATE)).toList());
        }
        order.addAll(plain.stream().filter(isKnown).toList());
        order.addAll(plain.stream().filter(isKnown.negate())
                .sorted(Comparator.comparing(name -> !name.equals(SHOWN_FIRST))).toList());
        return order;
    }
}
