package dev.rbees.ctl.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolView;
import dev.rbees.shell.client.Addresses;
import dev.rbees.shell.client.Credentials;
import dev.rbees.shell.client.Endpoint;

/** The pools that an orchestrator knows. For one thread. */
public final class OrchestratorPools {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PATH = "/v2/pools";

    private final Endpoint endpoint;

    /**
     * @param bases its address as the user named it, or those of a cluster with commas
     * @param credentials what it is shown and by what it is trusted
     */
    public OrchestratorPools(String bases, Credentials credentials) {
        List<URI> addresses = Addresses.webs(bases, "--orchestrator");
        this.endpoint = new Endpoint(addresses, credentials, PATIENCE, ErrorCode.TIMEOUT, "is the orchestrator running?");
    }

    /** All of them. */
    public List<PoolView> list() {
        try {
            return List.of(Json.read(endpoint.get(PATH), PoolView[].class));
        } catch (RbeesException e) {
            throw e.code() == ErrorCode.INVALID_REQUEST
                    ? new RbeesException(ErrorCode.INTERNAL,
                            "the orchestrator's answer is not understood; are it and this program of the same version?", e)
                    : e;
        }
    }

    /** Makes a pool known to it, or changes what it knows of it. */
    public void register(PoolRegistration pool) {
        endpoint.post(PATH, Json.write(pool));
    }

    /** @throws RbeesException POOL_NOT_FOUND when it does not know it */
    public void unregister(String id) {
        endpoint.delete(PATH + "/" + Ids.require("pool", id));
    }
}
