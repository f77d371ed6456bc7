package dev.rbees.orchestrator.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerRegistration;

/**
 * Where workers may be: prompts and the token are sent there, so whoever registers must not be able to lead them elsewhere. That
 * is this machine, and in lab mode the networks that the operator names. A name is looked up once, and from then on only the
 * address is used that was looked at. Addresses at which clouds give credentials away are never taken, whatever is named.
 */
public final class WorkerAddresses {

    /** Those that nobody outside can use. */
    public static final List<Network> PRIVATE = Stream.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
            "fc00::/7").map(text -> Network.parse(text).orElseThrow()).toList();

    private final List<Network> networks;
    private final Lookup lookup;

    /** Finds the address of a name. */
    @FunctionalInterface
    interface Lookup {
        InetAddress find(String name) throws UnknownHostException;
    }

    /** @param networks in which workers may be, besides this machine */
    public WorkerAddresses(List<Network> networks) {
        this(networks, InetAddress::getByName);
    }

    WorkerAddresses(List<Network> networks, Lookup lookup) {
        this.networks = List.copyOf(networks);
        this.lookup = lookup;
    }

    /**
     * The same registration with an address instead of a name. Blocks while a name is looked up.
     *
     * @throws RbeesException INVALID_REQUEST when no worker may be there
     */
    public WorkerRegistration check(WorkerRegistration worker) {
        InetAddress address = find(worker.host());
        if (ForbiddenAddresses.contains(address)) {
            throw RbeesException.invalid("host", "network",
                    "host must be an address of one machine, and none at which clouds"
                            + " give their machines credentials");
        }
        if (address.isLoopbackAddress() || networks.stream().anyMatch(network -> network.contains(address))) {
            return worker.at(address.getHostAddress());
        }
        throw networks.isEmpty()
                ? RbeesException.invalid("host", "loopback", "host must be an address of this machine such as 127.0.0.1 in"
                        + " home mode; RBEES_MODE=lab takes workers of other machines")
                : RbeesException.invalid("host", "network", "host must be an address of this machine or of the networks that"
                        + " --worker-networks names to rbees-orcd (by default the private ones)");
    }

    private InetAddress find(String host) {
        try {
            // why: 2130706433 and 0x7f.1 are addresses to some programs and names to others
            if (host.matches("[0-9]+|0[xX].*|.*[@/?#\\s].*")) {
                throw new UnknownHostException(host);
            }
            return lookup.find(host);
        } catch (UnknownHostException e) {
            throw RbeesException.invalid("host", "known", "host is not the name or the address of a machine");
        }
    }
}
