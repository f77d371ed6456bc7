package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.SecretFile;
import dev.rbees.home.Sha256;
import dev.rbees.orchestrator.crypto.HmacSha256;

/** Encrypts prompts with AES-256-GCM under a key that lies in a file of its own, each bound to its task. */
final class PromptVault {

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    /** By so much an encrypted prompt is longer than its UTF-8. */
    static final int ADDED_BYTES = NONCE_BYTES + TAG_BITS / Byte.SIZE;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();
    /** why: to find one costs as much as to use it. */
    private final ThreadLocal<Cipher> ciphers = ThreadLocal.withInitial(PromptVault::newCipher);

    private PromptVault(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /**
     * Reads the key, or makes one.
     *
     * @throws RbeesException FORBIDDEN when others may read the key, STORAGE_UNAVAILABLE when it cannot be read or is damaged
     */
    static PromptVault open(RbeesHome home) {
        Path file = file(home);
        try {
            if (!Files.exists(file)) {
                byte[] fresh = new byte[KEY_BYTES];
                new SecureRandom().nextBytes(fresh);
                AtomicFile.write(file, Base64.getEncoder().encodeToString(fresh) + "\n");
            }
            SecretFile.require(file, "the key of the prompts");
            return new PromptVault(decode(file));
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + file, e);
        }
    }

    /**
     * Looks whether the key is that of a record, without making one.
     *
     * @param fingerprint of the record's key
     * @throws RbeesException FORBIDDEN when there is none, or another
     */
    static void requireKeyOf(RbeesHome home, String fingerprint) {
        Path file = file(home);
        if (!Files.exists(file)) {
            throw new RbeesException(ErrorCode.FORBIDDEN, "the prompts of this record are encrypted, and there is no " + file
                    + "; copy keys/prompts.key of the RBEES_HOME of the orchestrator that leads to this place (mode 0600)");
        }
        open(home).requireFingerprint(fingerprint);
    }

    /** @throws RbeesException FORBIDDEN when it is that of another key */
    void requireFingerprint(String fingerprint) {
        if (!fingerprint.equals(fingerprint())) {
            throw new RbeesException(ErrorCode.FORBIDDEN, "the prompts of this record were encrypted with another key; copy"
                    + " keys/prompts.key of the RBEES_HOME of the orchestrator that made it to this one");
        }
    }

    static Path file(RbeesHome home) {
        return home.keys().resolve("prompts.key");
    }

    private static byte[] decode(Path file) throws IOException {
        try {
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length == KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // the message is the same
        }
        throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, file + " is damaged; restore it, or move it away to lose the"
                + " prompts of tasks that have not ended");
    }

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES/GCM", e);
        }
    }

    /** Names the key without telling it. */
    String fingerprint() {
        byte[] named = Arrays.copyOf("rbees prompts ".getBytes(StandardCharsets.UTF_8), 14 + KEY_BYTES);
        System.arraycopy(key.getEncoded(), 0, named, 14, KEY_BYTES);
        return Sha256.of(named);
    }

    /** A key for another use, of 32 bytes; from it nobody finds this one. */
    byte[] derive(String use) {
        return new HmacSha256(key.getEncoded()).of("rbees " + use);
    }

    byte[] seal(String task, String text) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, task, nonce).doFinal(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES/GCM", e);
        }
    }

    /** The text, or nothing when it was sealed with another key or for another task, or is damaged. */
    Optional<String> open(String task, byte @Nullable [] sealed) {
        if (sealed == null || sealed.length < NONCE_BYTES) {
            return Optional.empty();
        }
        try {
            byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
            byte[] text = cipher(Cipher.DECRYPT_MODE, task, nonce).doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
            return Optional.of(new String(text, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, String task, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = ciphers.get();
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(task.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
