package dev.rbees.orchestrator.tenant;

import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.orchestrator.crypto.HmacSha256;

/**
 * Words by which workers keep the prompts of tenants apart, and that tell them nothing else: the internal id under a key that lives as
 * long as the process. Any thread.
 */
final class CacheScopes {

    private static final int KEY_BYTES = 32;

    private final HmacSha256 hmac;

    CacheScopes(RandomGenerator random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        this.hmac = new HmacSha256(key);
    }

    /** Null for the installation's own, whose prompts are kept apart from those of all tenants by that. */
    @Nullable
    String of(@Nullable String tenant) {
        return tenant == null ? null : hmac.hex(tenant);
    }
}
