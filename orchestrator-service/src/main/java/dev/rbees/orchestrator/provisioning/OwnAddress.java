package dev.rbees.orchestrator.provisioning;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.IntSupplier;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.provisioning.PoolAccess.Route;

/**
 * Where workers find this orchestrator.
 *
 * @param advertised address that its owner names; empty for that which it listens on
 * @param bind address that it listens on
 * @param port that it listens on
 * @param name of this orchestrator, which no other one has
 * @param tls whether it speaks TLS there
 */
public record OwnAddress(Optional<String> advertised, String bind, IntSupplier port, String name, boolean tls) {

    /**
     * The base address for a worker.
     *
     * @param route from here to the worker's machine
     * @throws RbeesException POOL_UNAVAILABLE when it could not reach us
     */
    String url(Route route) {
        if (advertised.isPresent()) {
            return advertised.get();
        }
        if (tls) {
            throw unreachable("this orchestrator speaks TLS, and its certificate tells which names are right: start it with"
                    + " --advertise-url https://name:port");
        }
        InetAddress bound = InetAddress.ofLiteral(bind);
        boolean sameMachine = route.theirs().filter(InetAddress::isLoopbackAddress).isPresent();
        if (bound.isLoopbackAddress() && !sameMachine) {
            throw unreachable(
                    "this orchestrator listens on " + bind + " only, so a worker on another machine could not reach"
                            + " it: start it with RBEES_MODE=lab, a token and --bind, or register the pool with tunnel");
        }
        InetAddress seen = bound.isAnyLocalAddress()
                ? route.ours()
                        .orElseThrow(() -> unreachable("the way to the pool leads over another machine, so it is not known"
                                + " how a worker there would reach this orchestrator: start it with --advertise-url"))
                : bound;
        return url(seen);
    }

    /** Where it is reached on this machine. */
    InetSocketAddress local() {
        InetAddress bound = InetAddress.ofLiteral(bind);
        return new InetSocketAddress(bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound, port.getAsInt());
    }

    /**
     * The base address for a worker behind a tunnel.
     *
     * @param tunnelPort of its machine's loopback address that leads to us
     * @throws RbeesException POOL_UNAVAILABLE when it could not reach us
     */
    String url(int tunnelPort) {
        if (tls) {
            throw unreachable("this orchestrator speaks TLS, and in a tunnel it would be called by an address that its"
                    + " certificate does not name: register the pool without tunnel, or let a proxy do the TLS");
        }
        return "http://127.0.0.1:" + tunnelPort;
    }

    /** The base address for who reaches that address of ours. */
    private String url(InetAddress address) {
        // why: a zone means something to this machine only
        String host = address.getHostAddress().replaceFirst("%.*", "");
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port.getAsInt();
    }

    private static RbeesException unreachable(String why) {
        return new RbeesException(ErrorCode.POOL_UNAVAILABLE, why);
    }
}
