package dev.rbees.api.pool;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;

/**
 * A machine that may run workers, and how it is reached. It stands in {@code pools.toml}, and is the body of
 * {@code POST /v2/pools}.
 *
 * @param id its name
 * @param host a host name, an address, or an alias of the SSH configuration of whoever connects
 * @param port of its sshd; null for the configured one
 * @param user who logs in; null for the configured one
 * @param path folder there that holds {@code rbees-pool}; null to look in PATH, then where rbees installs itself
 * @param labels what the owner says of it, such as {@code room=cellar}
 * @param onDemand whether the orchestrator may start and stop workers there
 * @param tunnel whether its workers are reached through SSH, so that no port of them is open
 * @param hostKeys keys of its sshd as {@code known_hosts} has them, type and base64; one of them must be shown. Empty to look in
 *        {@code known_hosts}
 * @param keyFile private key on the machine of whoever connects; null for the agent and the configured ones
 */
public record PoolRegistration(String id, String host, @Nullable Integer port, @Nullable String user, @Nullable String path,
        Map<String, String> labels, boolean onDemand, boolean tunnel, List<String> hostKeys, @Nullable String keyFile) {

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when the id is none */
    public PoolRegistration {
        Ids.require("id", id);
        labels = Map.copyOf(labels);
        hostKeys = List.copyOf(hostKeys);
    }

    /** A pool of which nothing but its name and host is known. */
    public PoolRegistration(String id, String host) {
        this(id, host, null, null, null, Map.of(), false, false, List.of(), null);
    }
}
