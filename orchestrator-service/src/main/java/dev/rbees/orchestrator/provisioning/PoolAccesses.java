package dev.rbees.orchestrator.provisioning;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import dev.rbees.home.Environment;
import dev.rbees.orchestrator.pool.KnownPool;
import dev.rbees.remote.SshConnections;
import dev.rbees.remote.SshSettings;

/** The ways to pools: SSH to those on other machines, a child process on this one. Any thread. */
public final class PoolAccesses implements AutoCloseable {

    private final Map<String, String> environment;
    private final SshSettings settings;
    private volatile Optional<SshConnections> connections = Optional.empty();

    /** @param environment where the user's SSH things are, and this installation */
    public PoolAccesses(Map<String, String> environment) {
        this(environment, SshSettings.of(environment));
    }

    PoolAccesses(Map<String, String> environment, SshSettings settings) {
        this.environment = Map.copyOf(environment);
        this.settings = settings;
    }

    /** The {@code rbees-pool} of this installation, if this program is a part of one. */
    public static Optional<Path> ownProgram(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(Environment.INSTALL)).filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, "bin", "rbees-pool")).filter(Files::isExecutable);
    }

    PoolAccess to(KnownPool pool) {
        return switch (pool.origin()) {
            case LOCAL -> new LocalPoolAccess(ownProgram(environment).orElseThrow(() -> new IllegalStateException(
                    "without an installation there is no pool of this machine")), environment);
            case FILE, REGISTERED -> new SshPoolAccess(connections(), pool.registration());
        };
    }

    /**
     * A pool as we act on it.
     *
     * @param own where this orchestrator listens, for the other end of a tunnel
     */
    Machine machine(KnownPool pool, OwnAddress own) {
        PoolAccess access = to(pool);
        Optional<Tunnel> tunnel = access instanceof SshPoolAccess ssh && pool.registration().tunnel()
                ? Optional.of(new Tunnel(ssh::connect, own::local, own.name() + " " + pool.id()))
                : Optional.empty();
        return new Machine(pool, access, tunnel);
    }

    /** why: an orchestrator without other machines need not load the library for SSH. */
    private synchronized SshConnections connections() {
        SshConnections open = connections.orElseGet(() -> new SshConnections(settings));
        connections = Optional.of(open);
        return open;
    }

    @Override
    public synchronized void close() {
        connections.ifPresent(SshConnections::close);
    }
}
