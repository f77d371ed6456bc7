package dev.rbees.api.worker;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The answer of a worker's {@code GET /health}. What is only known after loading is absent before it.
 *
 * @param status what it is doing
 * @param workerId unique id
 * @param model id of its model
 * @param workerType what it computes on
 * @param capabilities what it can be asked for, such as {@code text-gen}
 * @param protocol version of the interface between worker and orchestrator
 * @param loadPhase what loading is busy with, while it loads
 * @param loadPercent 0 to 100, while it loads
 * @param error why it failed, when it did
 * @param tokenizerKind {@code gguf-bpe} and the like
 * @param vocabSize ids of the vocabulary
 * @param contextLength positions that one slot holds
 * @param quantKind the weights' main encoding in the source file
 * @param modelDigest hex SHA-256 of the model's source file
 * @param numericsFingerprint equal on workers that give the same bits for the same request; null where none does, as on a card
 * @param memoryArchitecture {@code host}, {@code unified} or {@code vram-only}
 * @param memoryBytes weights and KV cache, the cache as if it were full
 * @param slotsTotal requests it runs at a time
 * @param slotsFree of these, how many are free
 * @param uptimeSeconds since the process started
 * @param warnings why the model's answers may be worse than they could be, a sentence each; empty when there is nothing to say
 * @param registration what the orchestrator says of it; absent when it registers nowhere
 */
public record WorkerHealth(WorkerStatus status, String workerId, String model, Backend workerType, List<String> capabilities,
        int protocol, @Nullable String loadPhase, @Nullable Integer loadPercent, @Nullable String error,
        @Nullable String tokenizerKind, @Nullable Integer vocabSize, @Nullable Integer contextLength,
        @Nullable String quantKind, @Nullable String modelDigest, @Nullable String numericsFingerprint,
        String memoryArchitecture, long memoryBytes,
        int slotsTotal, int slotsFree, long uptimeSeconds, List<String> warnings,
        @Nullable RegistrationView registration) {

    public WorkerHealth {
        // why: older workers do not say it
        warnings = warnings == null ? List.of() : List.copyOf(warnings);
    }
}
