package dev.rbees.orchestrator.provisioning;

import java.util.Optional;

/**
 * The name under which a worker behind a tunnel registers: that of its pool, below a domain that no name server knows. It says which
 * tunnel leads to it.
 */
final class TunnelHost {

    private static final String DOMAIN = ".pool.invalid";

    private TunnelHost() {}

    static String of(String poolId) {
        return poolId + DOMAIN;
    }

    /** The pool; empty for any other name. */
    static Optional<String> poolOf(String host) {
        return Optional.of(host).filter(name -> name.endsWith(DOMAIN) && name.length() > DOMAIN.length())
                .map(name -> name.substring(0, name.length() - DOMAIN.length()));
    }
}
