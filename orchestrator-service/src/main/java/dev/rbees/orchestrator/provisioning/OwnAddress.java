package dev.rbees.orchestrator.provisioning;

import java.net.InetAddress;
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
 * @param tls whether it speaks TLS there
 */
public record OwnAddress(Optional<String> advertised, String bind, IntSupplier port, boolean tls) {

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
            throw unreachable("this orchestrator listens on " + bind + " only, so a worker on another machine could not reach"
                    + " it: start it with RBEES_MODE=lab, a token and --bind, or register the pool with tunnel");
        }
        InetAddress seen = bound.isAnyLocalAddress()
                ? route.ours().orElseThrow(() -> unreachable("the way to the pool leads over another machine, so it is not known"
                        + " how a worker there would reach this orchestrator: start it with --advertise-url"))
                : bound;
        return url(seen);
    }

    /** The base address for who is on this machine. */
    private String url(InetAddress address) {
        // why: a zone means something to this machine only
        String host = address.getHostAddress().replaceFirst("%.*", "");
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port.getAsInt();
    }

    private static RbeesException unreachable(String why) {
        return new RbeesException(ErrorCode.POOL_UNAVAILABLE, why);
    }
}
