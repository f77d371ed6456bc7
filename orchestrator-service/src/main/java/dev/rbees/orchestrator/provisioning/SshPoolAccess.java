package dev.rbees.orchestrator.provisioning;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.remote.RemoteCommand;
import dev.rbees.remote.RemoteHost;
import dev.rbees.remote.SshConnection;
import dev.rbees.remote.SshConnections;
import dev.rbees.remote.SshTarget;

/** The {@code rbees-pool} of another machine, over a connection that all who ask the same machine share. */
final class SshPoolAccess implements PoolAccess {

    private final SshConnections connections;
    private final SshTarget target;
    private final Optional<String> path;

    SshPoolAccess(SshConnections connections, PoolRegistration pool) {
        this.connections = connections;
        this.target = target(pool);
        this.path = Optional.ofNullable(pool.path());
    }

    private static SshTarget target(PoolRegistration pool) {
        RemoteHost named = RemoteHost.parse(pool.host());
        RemoteHost host = new RemoteHost(Optional.ofNullable(pool.user()).or(named::user), named.name(),
                Optional.ofNullable(pool.port()).or(named::port));
        return new SshTarget(host, pool.hostKeys(), Optional.ofNullable(pool.keyFile()).map(Path::of));
    }

    @Override
    public int run(List<String> words, Optional<String> firstLine, OutputStream out, OutputStream err) {
        RemoteCommand command = RemoteCommand.pool(words, path);
        try (SshConnection connection = connect()) {
            return firstLine.isPresent()
                    ? connection.run(command, firstLine.get(), out, err)
                    : connection.run(command, out, err);
        }
    }

    @Override
    public Route route() {
        try (SshConnection connection = connect()) {
            return new Route(connection.ourAddress(), connection.theirAddress());
        }
    }

    /** The caller's to close; while nobody closes it, it stays open. */
    SshConnection connect() {
        return connections.open(target);
    }
}
