package dev.rbees.api.pool;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a worker process of this machine, as {@code worker show} shows it. What only a running worker says is absent for
 * others.
 *
 * @param worker as {@code worker list} shows it; in JSON its fields stand beside the others
 * @param threads cores that it was given
 * @param contextLength positions of one slot
 * @param memoryBytes weights and cache, the cache as if it were full
 * @param numericsFingerprint equal on workers that give the same bits for the same request
 * @param error why it failed, when it did
 * @param warnings why the model's answers may be worse than they could be, a sentence each
 * @param log path of its log
 * @param arguments of {@code rbees-workerd}
 */
public record WorkerDetails(@JsonUnwrapped WorkerProcess worker, int threads, @Nullable Integer contextLength,
        @Nullable Long memoryBytes, @Nullable String numericsFingerprint, @Nullable String error, List<String> warnings,
        String log,
        List<String> arguments) {}
