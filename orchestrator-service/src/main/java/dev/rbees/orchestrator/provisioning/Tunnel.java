package dev.rbees.orchestrator.provisioning;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.remote.PortForward;
import dev.rbees.remote.SshConnection;

/**
 * The ports on loopback addresses by which this orchestrator and the workers of one pool reach each other through SSH: for each worker
 * one here, and one there for all of them. After the link was lost they are opened again under the same numbers. Its methods may block
 * for as long as a connection takes; any number of threads may use it.
 */
final class Tunnel implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 10_000;
    private static final int MOST_ABSENCES = 3;

    private final Supplier<SshConnection> connector;
    private final Supplier<InetSocketAddress> own;
    private final int usualPort;
    private final ReentrantLock lock = new ReentrantLock();
    @GuardedBy("lock")
    private final Map<Integer, Forward> toWorkers = new HashMap<>();
    /** How often, one time after another, a port was not shown. */
    @GuardedBy("lock")
    private final Map<Integer, Integer> absences = new HashMap<>();
    /** Ports there that lead to us: the usual one, and another one when that was in use. */
    @GuardedBy("lock")
    private final Map<Integer, Forward> toUs = new HashMap<>();
    @GuardedBy("lock")
    private @Nullable SshConnection connection;
    @GuardedBy("lock")
    private boolean closed;

    /** A port and, while it is open, what keeps it open. */
    private record Forward(int port, @Nullable PortForward open) {}

    /**
     * @param connector connects to the pool, or throws
     * @param own where this orchestrator listens
     * @param name of the orchestrator and the pool: the port there follows from it, so that workers find us also after our restart
     */
    Tunnel(Supplier<SshConnection> connector, Supplier<InetSocketAddress> own, String name) {
        this.connector = connector;
        this.own = own;
        this.usualPort = FIRST_PORT + Math.floorMod(name.hashCode(), PORTS);
    }

    /**
     * The port on the pool's loopback address that leads to this orchestrator.
     *
     * @throws RbeesException POOL_UNAVAILABLE when the pool cannot be reached
     */
    int portToUs() {
        lock.lock();
        try {
            SshConnection link = link();
            for (Forward forward : toUs.values()) {
                if (forward.open() != null) {
                    return forward.port();
                }
            }
            try {
                PortForward other = link.forwardFrom(0, own.get());
                toUs.put(other.port(), new Forward(other.port(), other));
                return other.port();
            } catch (RbeesException e) {
                throw new RbeesException(e.code(),
                        "the pool opens no port for a tunnel; does its sshd allow AllowTcpForwarding?",
                        e);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The port on our loopback address that leads to one on the pool's.
     *
     * @throws RbeesException POOL_UNAVAILABLE when the pool cannot be reached
     */
    int portTo(int workerPort) {
        lock.lock();
        try {
            SshConnection link = link();
            Forward known = toWorkers.get(workerPort);
            if (known != null && known.open() != null) {
                return known.port();
            }
            PortForward fresh = link.forwardTo(workerPort);
            toWorkers.put(workerPort, new Forward(fresh.port(), fresh));
            return fresh.port();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The pool shows workers at these ports. Ports here that lead to none of them are closed after a while.
     *
     * <p>
     * why: a worker that has just registered is not in an answer that was on its way before.
     */
    void shown(Set<Integer> workerPorts) {
        lock.lock();
        try {
            absences.keySet().removeAll(workerPorts);
            for (int port : Set.copyOf(toWorkers.keySet())) {
                if (!workerPorts.contains(port) && absences.merge(port, 1, Integer::sum) >= MOST_ABSENCES) {
                    close(toWorkers.remove(port));
                    absences.remove(port);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Opens again what was lost with the link, and what could not be opened so far.
     *
     * @param workers whether workers are there, who may be waiting to find us since an earlier process of ours
     */
    void mend(boolean workers) {
        lock.lock();
        try {
            if ((workers || connection != null) && !closed) {
                link();
            }
        } catch (RbeesException e) {
            LOG.debug("a tunnel is not mended yet: {}", e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private SshConnection link() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        SshConnection link = connection;
        if (link == null || !link.isOpen()) {
            if (link != null) {
                link.close();
            }
            toUs.replaceAll((_, forward) -> new Forward(forward.port(), null));
            toWorkers.replaceAll((_, forward) -> new Forward(forward.port(), null));
            link = connector.get();
            connection = link;
            toUs.putIfAbsent(usualPort, new Forward(usualPort, null));
        }
        SshConnection open = link;
        toUs.replaceAll((_, forward) -> forward.open() != null ? forward
                : reopened(forward, () -> open.forwardFrom(forward.port(), own.get())));
        toWorkers.replaceAll((remote, forward) -> forward.open() != null ? forward
                : reopened(forward, () -> open.forwardTo(remote, forward.port())));
        return link;
    }

    /** why: a port that is in use at present is tried again the next time. */
    private static Forward reopened(Forward lost, Supplier<PortForward> opening) {
        try {
            return new Forward(lost.port(), opening.get());
        } catch (RbeesException e) {
            LOG.debug("port {} of a tunnel cannot be opened at present: {}", lost.port(), e.getMessage());
            return lost;
        }
    }

    private static void close(@Nullable Forward forward) {
        PortForward open = forward == null ? null : forward.open();
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            toWorkers.values().forEach(Tunnel::close);
            toUs.values().forEach(Tunnel::close);
            if (connection != null) {
                connection.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
