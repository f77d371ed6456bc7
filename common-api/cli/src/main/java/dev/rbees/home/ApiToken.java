package dev.rbees.home;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** The secret that the programs of one installation show each other: at least 32 printable characters, from a file. */
public final class ApiToken {

    private static final int LEAST = 32;
    private static final int MOST = 4096;
    private static final int FINGERPRINT = 6;
    private static final String WHAT = "the token file";

    private final String secret;
    private final byte[] digest;

    private ApiToken(String secret) {
        this.secret = secret;
        this.digest = sha256(secret);
    }

    /**
     * Reads the file that {@code RBEES_API_TOKEN_FILE} names; empty when the variable is not set.
     *
     * @throws RbeesException as {@link #read} says
     */
    public static Optional<ApiToken> of(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(Environment.API_TOKEN_FILE)).filter(path -> !path.isBlank())
                .map(path -> read(Path.of(path)));
    }

    /**
     * Reads a file that holds the token and nothing else.
     *
     * @throws RbeesException FORBIDDEN when it cannot be read, others may read it, or it is too short
     */
    public static ApiToken read(Path file) {
        try {
            SecretFile.require(file, WHAT);
            if (Files.size(file) > MOST) {
                throw refused(file, "is larger than " + MOST + " bytes; it is to hold one token");
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            if (!text.matches("[\\x21-\\x7e]{" + LEAST + ",}")) {
                throw refused(file, "must hold one token of at least " + LEAST + " printable characters without spaces;"
                        + " run: (umask 077; openssl rand -hex 32 > '" + file + "')");
            }
            return new ApiToken(text);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.FORBIDDEN, WHAT + " " + file + " cannot be read: is it there?", e);
        }
    }

    private static RbeesException refused(Path file, String why) {
        return SecretFile.refused(file, WHAT, why);
    }

    /** The value of the header {@code Authorization}. */
    public String header() {
        return "Bearer " + secret;
    }

    /** Whether somebody showed the same token; takes as long for every wrong one. */
    public boolean matches(String shown) {
        return MessageDigest.isEqual(digest, sha256(shown));
    }

    /** The first six hex digits of its SHA-256: names it in logs without telling it. */
    public String fingerprint() {
        return HexFormat.of().formatHex(digest).substring(0, FINGERPRINT);
    }

    @Override
    public String toString() {
        return "token:" + fingerprint();
    }

    private static byte[] sha256(String text) {
        return Sha256.start().digest(text.getBytes(StandardCharsets.UTF_8));
    }
}
