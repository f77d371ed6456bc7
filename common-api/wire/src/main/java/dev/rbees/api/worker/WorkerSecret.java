package dev.rbees.api.worker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.RequestFields;

/**
 * What a worker shows to prove that it is the one that registered: given by the registration, sent with each heartbeat, with the next
 * registration in the field {@code secret}, and with {@code DELETE} in the header {@link #HEADER}. Prints as {@code ***}.
 *
 * @param text 22 to 128 letters, digits, dashes or underscores
 */
public record WorkerSecret(@JsonValue String text) {

    /** The header of {@code DELETE /v2/workers/{id}} that carries it. */
    public static final String HEADER = "X-Worker-Secret";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22,128}");
    private static final int BYTES = 16;

    /** @throws IllegalArgumentException when it has not that form */
    public WorkerSecret {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("no secret of a worker");
        }
    }

    /** @throws IllegalArgumentException when it is none */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static WorkerSecret of(String text) {
        return new WorkerSecret(text);
    }

    /** The value of the header, empty when it is none. */
    public static Optional<WorkerSecret> ofHeader(@Nullable String value) {
        return Optional.ofNullable(value).filter(text -> FORM.matcher(text).matches()).map(WorkerSecret::new);
    }

    /**
     * A new one of 128 bits.
     *
     * @param random whose numbers nobody can guess
     */
    public static WorkerSecret random(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new WorkerSecret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** The field {@code secret}; null when it is absent, or was refused. */
    static @Nullable WorkerSecret read(RequestFields fields) {
        String text = fields.text("secret");
        if (text != null && !FORM.matcher(text).matches()) {
            fields.reject("secret", "secret", "secret must be what the registration answered");
            return null;
        }
        return text == null ? null : new WorkerSecret(text);
    }

    /** Hex SHA-256, by which it can be known again without being kept. */
    public String sha256() {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether it is the one of this SHA-256; takes the same time for each that is not. */
    public boolean is(String sha256) {
        return MessageDigest.isEqual(sha256().getBytes(StandardCharsets.US_ASCII),
                sha256.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "***";
    }
}
