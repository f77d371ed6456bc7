package dev.rbees.worker.onnx;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

import dev.rbees.home.Sha256;

/**
 * Says how a loaded model calculates on this machine: two workers with equal fingerprints give the same bits, so that one can
 * go on with an answer of the other. It is a digest of the logits of a fixed sequence, prefilled and then decoded, and so
 * depends on the weights, the processor's kind, and the runtime's version. Finding it is also the first run, which is slow,
 * and which no request should have to wait for.
 */
public final class NumericsFingerprint {

    private static final int PREFILLED = 40;
    private static final int DECODED = 8;
    private static final int HEX_DIGITS = 16;

    private NumericsFingerprint() {}

    /**
     * Runs the model for the first time.
     *
     * @param ids of the vocabulary from 0 on that may be fed
     * @return empty where results are not {@link Decoder#exact}, so that no other worker makes the same bits
     */
    public static Optional<String> of(Decoder session, int ids) {
        int length = Math.min(PREFILLED + DECODED, session.positions());
        int prefilled = Math.min(PREFILLED, length - 1);
        int[] tokens = new int[length];
        Arrays.setAll(tokens, i -> (int) ((i + 1) * 7919L % ids));
        float[] logits = new float[session.vocabulary()];
        MessageDigest digest = Sha256.start();
        session.prefill(0, 0, Arrays.copyOf(tokens, prefilled), logits);
        digest.update(bytes(logits));
        for (int i = prefilled; i < length; i++) {
            session.decode(0, new int[] {tokens[i]}, new int[] {i}, new int[] {0}).copy(0, logits);
            digest.update(bytes(logits));
        }
        return session.exact() ? Optional.of(Sha256.hex(digest).substring(0, HEX_DIGITS)) : Optional.empty();
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
