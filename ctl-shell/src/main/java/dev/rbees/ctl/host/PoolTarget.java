package dev.rbees.ctl.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.remote.RemoteHost;
import dev.rbees.remote.SshTarget;

/**
 * A machine that a command is run on.
 *
 * @param name as the operator named it: a pool's id, or a host
 * @param host where it is
 * @param keyFile a private key that is offered before any other
 * @param path folder there that is looked into first for rbees-pool
 * @param pinned host keys that were seen when the pool was registered
 */
public record PoolTarget(String name, RemoteHost host, Optional<Path> keyFile, Optional<String> path, List<String> pinned) {

    public PoolTarget {
        pinned = List.copyOf(pinned);
    }

    /** A machine of which nothing but its name is known. */
    public static PoolTarget of(RemoteHost host) {
        return new PoolTarget(host.toString(), host, Optional.empty(), Optional.empty(), List.of());
    }

    /** A registered pool. */
    public static PoolTarget of(PoolRegistration pool) {
        return new PoolTarget(pool.id(),
                new RemoteHost(Optional.ofNullable(pool.user()), pool.host(), Optional.ofNullable(pool.port())),
                Optional.ofNullable(pool.keyFile()).map(Path::of), Optional.ofNullable(pool.path()), pool.hostKeys());
    }

    /** why: the operator's known_hosts decides, and the pinned keys are compared besides; a pin alone would hide what it says. */
    SshTarget ssh() {
        return new SshTarget(host, List.of(), keyFile);
    }
}
