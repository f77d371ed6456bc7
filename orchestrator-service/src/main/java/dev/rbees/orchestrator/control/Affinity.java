package dev.rbees.orchestrator.control;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.home.Sha256;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.task.Task;

/**
 * What a policy keeps on one worker.
 *
 * @param policy by what workers are chosen
 */
public record Affinity(Policy policy) {

    private static final int PREFIX_CHARACTERS = 256;

    /**
     * The key of a task; null for nothing.
     *
     * @param request null where it cannot be read
     */
    @Nullable
    String of(Task task, @Nullable GenerationRequest request) {
        return switch (policy) {
            case SESSION_AFFINITY -> task.session() == null ? null : task.flow() + " " + task.session();
            case PREFIX_AFFINITY -> request == null ? null
                    : beginning(task.tenant() == null ? "" : task.tenant(), request.prompt().texts().getFirst());
            case LEAST_LOADED, ROUND_ROBIN, MOST_MEMORY_FREE -> null;
        };
    }

    /** Whether the request must be known to say it. */
    boolean readsRequest() {
        return policy == Policy.PREFIX_AFFINITY;
    }

    /** why: a digest, because prompts are kept no longer than their tasks. */
    private static String beginning(String tenant, String text) {
        String prefix = text.substring(0, Math.min(text.length(), PREFIX_CHARACTERS));
        return Sha256.of((tenant + "\n" + prefix).getBytes(StandardCharsets.UTF_8));
    }
}
