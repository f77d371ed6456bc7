package dev.rbees.orchestrator.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import dev.rbees.orchestrator.crypto.HmacSha256;

/**
 * By what two requests with one idempotency key are compared: an HMAC under a key of this installation, so that nobody who has the
 * record alone can find a prompt by trying. Any thread.
 */
final class RequestDigests {

    /** Marks what was made here; records of earlier versions have the bare SHA-256. */
    private static final String KEYED = "hmac:";

    private final HmacSha256 hmac;

    /** @param key 32 bytes that are used for nothing else */
    RequestDigests(byte[] key) {
        this.hmac = new HmacSha256(key);
    }

    /** What is kept of a request. */
    String keep(String requestDigest) {
        return KEYED + hmac.hex(requestDigest);
    }

    /** Whether what was kept is of the same request. */
    boolean matches(String kept, String requestDigest) {
        String expected = kept.startsWith(KEYED) ? keep(requestDigest) : requestDigest;
        return MessageDigest.isEqual(kept.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }
}
