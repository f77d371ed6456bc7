package dev.rbees.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/**
 * A line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
 *
 * @param marker {@code @cert-authority}, {@code @revoked}, or empty
 * @param names patterns with commas between, or one name in a form that cannot be read back
 * @param key of the host, or of the authority
 */
record KnownHostLine(String marker, String names, PublicKey key) {

    static final String AUTHORITY = "@cert-authority";
    static final String REVOKED = "@revoked";

    private static final String HASHED = "|1|";
    private static final String HASH = "HmacSHA1";

    /** Reads a line; empty for a comment and for one that we do not understand, which ssh passes over as well. */
    static Optional<KnownHostLine> parse(String text) {
        String line = text.strip();
        if (line.isEmpty() || line.startsWith("#")) {
            return Optional.empty();
        }
        List<String> words = Arrays.asList(line.split("[ \t]+", -1));
        boolean isMarked = line.startsWith("@");
        int at = isMarked ? 1 : 0;
        if (words.size() < at + 3) {
            return Optional.empty();
        }
        String marker = isMarked ? words.getFirst().toLowerCase(Locale.ROOT) : "";
        return key(words.get(at + 1) + " " + words.get(at + 2)).map(key -> new KnownHostLine(marker, words.get(at), key));
    }

    /** A public key as {@code type base64}. */
    static Optional<PublicKey> key(String line) {
        try {
            PublicKeyEntry entry = PublicKeyEntry.parsePublicKeyEntry(line);
            return entry == null
                    ? Optional.empty()
                    : Optional.ofNullable(entry.resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.IGNORING));
        } catch (IOException | GeneralSecurityException | RuntimeException _) {
            return Optional.empty();
        }
    }

    /** @param host a name, or {@code [name]:port} for another port than 22 */
    boolean isAbout(String host) {
        return names.startsWith(HASHED)
                ? isHashOf(host)
                : SshPatterns.matchesHost(host, List.of(names.split(",", -1)));
    }

    private boolean isHashOf(String host) {
        String[] saltAndHash = names.substring(HASHED.length()).split("\\|", -1);
        try {
            return saltAndHash.length == 2 && MessageDigest.isEqual(Base64.getDecoder().decode(saltAndHash[1]),
                    hash(Base64.getDecoder().decode(saltAndHash[0]), host));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /** A host's name as {@code HashKnownHosts} writes it. */
    static String hashed(String host, SecureRandom random) {
        byte[] salt = new byte[20];
        random.nextBytes(salt);
        return HASHED + Base64.getEncoder().encodeToString(salt) + "|"
                + Base64.getEncoder().encodeToString(hash(salt, host));
    }

    /** why: SHA-1 is what the format of these files says; it hides names here and vouches for nothing. */
    private static byte[] hash(byte[] salt, String host) {
        try {
            Mac mac = Mac.getInstance(HASH);
            mac.init(new SecretKeySpec(salt, HASH));
            return mac.doFinal(host.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + HASH, e);
        }
    }
}
