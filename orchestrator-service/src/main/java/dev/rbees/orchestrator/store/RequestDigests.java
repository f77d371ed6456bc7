package dev.rbees.orchestrator.store;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * By what two requests with one idempotency key are compared: an HMAC under a key of this installation, so that nobody who has the
 * record alone can find a prompt by trying. Any thread.
 */
final class RequestDigests {

    /** Marks what was made here; records of earlier versions have the bare SHA-256. */
    private static final String KEYED = "hmac:";
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    /** @param key 32 bytes that are used for nothing else */
    RequestDigests(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** What is kept of a request. */
    String keep(String requestDigest) {
        return KEYED + HexFormat.of().formatHex(hmac(requestDigest));
    }

    /** Whether what was kept is of the same request. */
    boolean matches(String kept, String requestDigest) {
        String expected = kept.startsWith(KEYED) ? keep(requestDigest) : requestDigest;
        return MessageDigest.isEqual(kept.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] hmac(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
