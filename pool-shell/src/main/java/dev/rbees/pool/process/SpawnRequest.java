package dev.rbees.pool.process;

import java.util.Optional;

import dev.rbees.api.worker.Backend;

/**
 * A worker that is wanted.
 *
 * @param backend what it computes on
 * @param gpuDevice which card of several, from 0; empty for the first, and where there are none
 * @param model id of its model
 * @param orchestratorUrl where it registers, several with commas between them; empty for nowhere
 * @param everywhere whether it listens on all addresses of the machine, not on loopback alone
 * @param advertiseHost where the orchestrator is to look for it, empty for the worker's choice
 * @param tokenFile absolute path of the token that it asks for and shows, empty for that of the environment
 * @param port it listens on, empty for the first free one
 * @param slots requests it runs at a time, empty for the worker's choice
 * @param threads cores it uses, empty for those that no other worker has
 * @param contextLength positions of one slot, empty for the worker's choice
 * @param weights how a model's weights are read
 * @param workerId what it is called, empty for a drawn id
 * @param memoryBytes that it may take at most, all of which are its own; empty for its choice of what is free
 */
public record SpawnRequest(Backend backend, Optional<Integer> gpuDevice, String model, Optional<String> orchestratorUrl,
        boolean everywhere, Optional<String> advertiseHost, Optional<String> tokenFile, Optional<Integer> port,
        Optional<Integer> slots, Optional<Integer> threads, Optional<Integer> contextLength, Weights weights,
        Optional<String> workerId, Optional<Long> memoryBytes) {

    /** A worker with a drawn id, which chooses itself what it takes of the memory that is free. */
    public SpawnRequest(Backend backend, Optional<Integer> gpuDevice, String model, Optional<String> orchestratorUrl,
            boolean everywhere, Optional<String> advertiseHost, Optional<String> tokenFile, Optional<Integer> port,
            Optional<Integer> slots, Optional<Integer> threads, Optional<Integer> contextLength, Weights weights) {
        this(backend, gpuDevice, model, orchestratorUrl, everywhere, advertiseHost, tokenFile, port, slots, threads,
                contextLength, weights, Optional.empty(), Optional.empty());
    }

    /**
     * How a model's weights are read.
     *
     * @param kind which of those that a folder has, {@code safetensors} or {@code onnx}; empty for the worker's choice
     * @param quantize what plain numbers become, empty for the worker's choice
     * @param compact whether 4-bit weights with offsets keep their 4 bits
     */
    public record Weights(Optional<String> kind, Optional<String> quantize, boolean compact) {

        /** As the worker likes. */
        public static final Weights DEFAULT = new Weights(Optional.empty(), Optional.empty(), false);
    }
}
