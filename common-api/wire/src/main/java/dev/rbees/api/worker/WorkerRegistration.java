package dev.rbees.api.worker;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;
import dev.rbees.api.json.RequestFields;

/**
 * What a worker tells the orchestrator when it is ready, and again whenever the orchestrator does not know it.
 *
 * @param workerId unique id
 * @param host where the orchestrator reaches it
 * @param port likewise
 * @param backend what it computes on
 * @param modelId id of its model
 * @param modelDigest hex SHA-256 of the model's source file
 * @param contextLength positions that one slot holds
 * @param slotsTotal requests it runs at a time
 * @param slotsFree of these, how many are free
 * @param numericsFingerprint how it calculates: workers with the same digest and fingerprint make the same tokens, bit for
 *        bit; null when it does not say
 * @param capabilities what it can be asked for, as in its {@code /health}; see {@link Capabilities}
 * @param vocabSize ids of the vocabulary; null when it does not say
 * @param secret of its last registration, when it has registered before; null when it has not, or shows none
 */
public record WorkerRegistration(String workerId, String host, int port, Backend backend, String modelId,
        String modelDigest, int contextLength, int slotsTotal, int slotsFree,
        @Nullable String numericsFingerprint, List<String> capabilities, @Nullable Integer vocabSize,
        @Nullable WorkerSecret secret) {

    private static final int MAX_VOCABULARY = 1 << 24;
    private static final int MAX_CONTEXT = 16 * 1024 * 1024;
    private static final int MAX_SLOTS = 4096;

    public WorkerRegistration {
        capabilities = List.copyOf(capabilities);
    }

    /** A worker that has not registered before, and does not say how large its vocabulary is. */
    public WorkerRegistration(String workerId, String host, int port, Backend backend, String modelId, String modelDigest,
            int contextLength, int slotsTotal, int slotsFree, @Nullable String numericsFingerprint,
            List<String> capabilities) {
        this(workerId, host, port, backend, modelId, modelDigest, contextLength, slotsTotal, slotsFree, numericsFingerprint,
                capabilities, null, null);
    }

    /** Likewise, one that generates text. */
    public WorkerRegistration(String workerId, String host, int port, Backend backend, String modelId, String modelDigest,
            int contextLength, int slotsTotal, int slotsFree, @Nullable String numericsFingerprint) {
        this(workerId, host, port, backend, modelId, modelDigest, contextLength, slotsTotal, slotsFree, numericsFingerprint,
                Capabilities.USUAL);
    }

    /**
     * Reads the body of {@code POST /v2/workers/register}. Fields of a newer worker are passed over.
     *
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems
     */
    public static WorkerRegistration read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String workerId = identifier(fields, "worker_id");
        String host = fields.requiredText("host");
        Long port = fields.integer("port", 1, 65535);
        Backend backend = fields.choice("backend", Backend.class, Backend.CPU);
        String modelId = identifier(fields, "model_id");
        String digest = fields.requiredText("model_digest");
        int contextLength = fields.integer("context_length", 1, MAX_CONTEXT, 1);
        int slotsTotal = fields.integer("slots_total", 1, MAX_SLOTS, 1);
        int slotsFree = fields.integer("slots_free", 0, slotsTotal, slotsTotal);
        if (digest != null && !digest.matches("[0-9a-f]{64}")) {
            fields.reject("model_digest", "sha256", "model_digest must be 64 hexadecimal digits");
        }
        String fingerprint = fields.text("numerics_fingerprint");
        if (fingerprint != null && !fingerprint.matches("[0-9A-Za-z._-]{1,64}")) {
            fields.reject("numerics_fingerprint", "identifier",
                    "numerics_fingerprint must be 1 to 64 letters, digits, dots, dashes or underscores");
        }
        List<String> capabilities = Capabilities.read(fields);
        Long vocabSize = fields.integer("vocab_size", 1, MAX_VOCABULARY);
        WorkerSecret secret = WorkerSecret.read(fields);
        if (port == null && !fields.has("port")) {
            fields.reject("port", "required", "port is required");
        }
        fields.finish();
        if (workerId == null || host == null || port == null || modelId == null || digest == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return new WorkerRegistration(workerId, host, port.intValue(), backend, modelId, digest, contextLength, slotsTotal,
                slotsFree, fingerprint, capabilities, vocabSize == null ? null : vocabSize.intValue(), secret);
    }

    /** The same worker at another address. */
    public WorkerRegistration at(String address) {
        return at(address, port);
    }

    /** The same worker at another address and port. */
    public WorkerRegistration at(String address, int otherPort) {
        return new WorkerRegistration(workerId, address, otherPort, backend, modelId, modelDigest, contextLength, slotsTotal,
                slotsFree, numericsFingerprint, capabilities, vocabSize, secret);
    }

    /** The same without its secret, to be kept. */
    public WorkerRegistration withoutSecret() {
        return new WorkerRegistration(workerId, host, port, backend, modelId, modelDigest, contextLength, slotsTotal,
                slotsFree, numericsFingerprint, capabilities, vocabSize, null);
    }

    /** Base address of its HTTP interface. */
    public String endpoint() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static @Nullable String identifier(RequestFields fields, String name) {
        String text = fields.requiredText(name);
        if (text != null && !Ids.isId(text)) {
            fields.reject(name, "identifier", name
                    + " must be 1 to 64 letters, digits, dots, dashes or underscores and begin with a letter or digit");
            return null;
        }
        return text;
    }
}
