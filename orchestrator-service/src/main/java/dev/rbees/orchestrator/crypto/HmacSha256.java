package dev.rbees.orchestrator.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 under one key. Any thread. */
public final class HmacSha256 {

    private static final String ALGORITHM = "HmacSHA256";

    /** why: to make one costs more than to use it. */
    private final ThreadLocal<Mac> macs;

    /** @param secret the key; 32 bytes are enough */
    public HmacSha256(byte[] secret) {
        SecretKeySpec key = new SecretKeySpec(secret, ALGORITHM);
        this.macs = ThreadLocal.withInitial(() -> start(key));
    }

    private static Mac start(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** 32 bytes. */
    public byte[] of(String text) {
        return macs.get().doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    /** In lower-case hex. */
    public String hex(String text) {
        return HexFormat.of().formatHex(of(text));
    }
}
