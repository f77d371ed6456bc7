package dev.rbees.orchestrator.worker;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerRegistration;

/**
 * Where workers may be: prompts and the token are sent there, so whoever registers must not be able to lead them elsewhere. In
 * home mode that is this machine, otherwise also private networks; never an address that only looks like one of those. A name
 * is looked up once, and from then on only the address is used that was looked at.
 */
public final class WorkerAddresses {

    private final boolean privateNetworks;
    private final Lookup lookup;

    /** Finds the address of a name. */
    @FunctionalInterface
    interface Lookup {
        InetAddress find(String name) throws UnknownHostException;
    }

    /** @param privateNetworks whether workers may be on other machines */
    public WorkerAddresses(boolean privateNetworks) {
        this(privateNetworks, InetAddress::getByName);
    }

    WorkerAddresses(boolean privateNetworks, Lookup lookup) {
        this.privateNetworks = privateNetworks;
        this.lookup = lookup;
    }

    /**
     * The same registration with an address instead of a name. Blocks while a name is looked up.
     *
     * @throws RbeesException INVALID_REQUEST when no worker may be there
     */
    public WorkerRegistration check(WorkerRegistration worker) {
        InetAddress address = find(worker.host());
        if (address.isLoopbackAddress() || (privateNetworks && isPrivate(address))) {
            return worker.at(address.getHostAddress());
        }
        throw privateNetworks
                ? RbeesException.invalid("host", "private_network",
                        "host must be an address of a private network (10.0.0.0/8,"
                                + " 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fc00::/7) or of this machine")
                : RbeesException.invalid("host", "loopback", "host must be an address of this machine such as 127.0.0.1 in"
                        + " home mode; RBEES_MODE=lab takes workers of other machines");
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

    private static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address) {
            return (bytes[0] & 0xfe) == 0xfc;
        }
        boolean shared = (bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64;
        return address.isSiteLocalAddress() || shared;
    }
}
