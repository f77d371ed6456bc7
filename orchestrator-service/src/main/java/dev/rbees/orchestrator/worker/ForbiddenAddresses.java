package dev.rbees.orchestrator.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where no worker may ever be, whatever networks are named: where clouds hand their machines' credentials to who asks, and addresses
 * that are none of one machine. An address that carries one of these within it, and is translated to it on its way, is forbidden too.
 */
final class ForbiddenAddresses {

    private static final List<Network> FORBIDDEN = Stream.of(
            // clouds' metadata: link-local (most), Alibaba, Oracle, Azure's wire server; AWS, Google, Scaleway, Oracle, OpenStack
            "169.254.0.0/16", "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32", "fd00:ec2::/32",
            "fd20:ce::254/128",
            "fd00:42::42/128", "fd00:c1::a9fe:a9fe/128", "fe80::a9fe:a9fe/128",
            // no machine: "this one", many at once, reserved
            "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8").map(ForbiddenAddresses::network).toList();

    private static final Network COMPATIBLE = network("::/96");
    private static final Network NAT64 = network("64:ff9b::/96");
    private static final Network NAT64_LOCAL = network("64:ff9b:1::/48");
    private static final Network TRANSLATED = network("::ffff:0:0:0/96");
    private static final Network SIX_TO_FOUR = network("2002::/16");
    private static final Network TEREDO = network("2001::/32");
    private static final int ISATAP_AT = 8;
    private static final int INVERTED = 0xff;

    private ForbiddenAddresses() {}

    private static Network network(String text) {
        return Network.parse(text).orElseThrow();
    }

    static boolean contains(InetAddress address) {
        return FORBIDDEN.stream().anyMatch(network -> network.contains(address))
                || within(address).filter(inner -> FORBIDDEN.stream().anyMatch(network -> network.contains(inner)))
                        .isPresent();
    }

    /** The IPv4 address that an IPv6 one carries; addresses mapped to IPv6 ({@code ::ffff:1.2.3.4}) are IPv4 ones to Java. */
    private static Optional<InetAddress> within(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4 || address.isLoopbackAddress()) {
            return Optional.empty();
        }
        if (SIX_TO_FOUR.contains(address)) {
            return Optional.of(at(bytes, 2, 0));
        }
        if (TEREDO.contains(address)) {
            return Optional.of(at(bytes, 12, INVERTED));
        }
        boolean last = Stream.of(COMPATIBLE, NAT64, NAT64_LOCAL, TRANSLATED).anyMatch(network -> network.contains(address))
                || isIsatap(bytes);
        return last ? Optional.of(at(bytes, 12, 0)) : Optional.empty();
    }

    private static boolean isIsatap(byte[] bytes) {
        return (bytes[ISATAP_AT] & ~2) == 0 && bytes[ISATAP_AT + 1] == 0 && bytes[ISATAP_AT + 2] == 0x5e
                && bytes[ISATAP_AT + 3] == (byte) 0xfe;
    }

    private static InetAddress at(byte[] bytes, int from, int mask) {
        byte[] inner = Arrays.copyOfRange(bytes, from, from + 4);
        for (int i = 0; i < inner.length; i++) {
            inner[i] ^= (byte) mask;
        }
        try {
            return InetAddress.getByAddress(inner);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
