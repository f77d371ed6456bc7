package dev.rbees.orchestrator.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.SecretFile;
import dev.rbees.orchestrator.crypto.HmacSha256;

/** The key of the audit log, without which nobody can make a line of it. Any thread. */
public final class AuditKey {

    private static final int BYTES = 32;

    private final HmacSha256 hmac;

    AuditKey(byte[] secret) {
        this.hmac = new HmacSha256(secret);
    }

    /**
     * Reads the key in {@code audit.key} of a folder, or makes one.
     *
     * @throws RbeesException FORBIDDEN when others may use the file, STORAGE_UNAVAILABLE when it is damaged
     */
    public static AuditKey open(Path folder) {
        Path file = folder.resolve("audit.key");
        if (!Files.exists(file)) {
            byte[] fresh = new byte[BYTES];
            new SecureRandom().nextBytes(fresh);
            AtomicFile.write(file, Base64.getEncoder().encodeToString(fresh) + "\n");
        }
        SecretFile.require(file, "the key of the audit log");
        return new AuditKey(decode(file));
    }

    private static byte[] decode(Path file) {
        try {
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length == BYTES) {
                return key;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(file, e);
        }
        throw damaged(file, null);
    }

    private static RbeesException damaged(Path file, @Nullable Exception cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, file + " is damaged; restore it, or move it and the audit"
                + " log away to begin a new chain", cause);
    }

    /** HMAC-SHA256 in lower-case hex. */
    String mac(String text) {
        return hmac.hex(text);
    }
}
