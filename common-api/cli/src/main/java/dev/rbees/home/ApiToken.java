package dev.rbees.home;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** The secret that the programs of one installation show each other: at least 32 printable characters, from a file. */
public final class ApiToken {

    private static final int LEAST = 32;
    private static final int MOST = 4096;
    private static final int FINGERPRINT = 6;
    private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{" + LEAST + ",}");
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
            if (!FORM.matcher(text).matches()) {
                throw refused(file, "must hold one token of at least " + LEAST + " printable characters without spaces;"
                        + " run: (umask 077; openssl rand -hex 32 > '" + file + "')");
            }
            return new ApiToken(text);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.FORBIDDEN, WHAT + " " + file + " cannot be read: is it there?", e);
        }
    }

    /**
     * Takes a token that another program sends as a line, into a file that its owner alone may read. The same token always has the
     * same file.
     *
     * @param in read to the end of its first line, and no further
     * @param folder that is to hold the file
     * @return the file
     * @throws RbeesException FORBIDDEN when no token comes
     */
    public static Path receive(InputStream in, Path folder) {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0 && next != '\n' && line.size() <= MOST; next = in.read()) {
                line.write(next);
            }
            String text = line.toString(StandardCharsets.ISO_8859_1).strip();
            if (line.size() > MOST || !FORM.matcher(text).matches()) {
                throw new RbeesException(ErrorCode.FORBIDDEN, "the first line of standard input is to be a token of "
                        + LEAST + " to " + MOST + " printable characters without spaces, and is none");
            }
            Path file = folder.resolve("token-" + new ApiToken(text).fingerprint());
            AtomicFile.write(file, text + "\n");
            return file;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.FORBIDDEN, "the token cannot be read from standard input", e);
        }
    }

    /** The line by which {@link #receive} takes it, without its end; for a channel that nobody else reads. */
    public String line() {
        return secret;
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
