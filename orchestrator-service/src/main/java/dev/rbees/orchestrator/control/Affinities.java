package dev.rbees.orchestrator.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.orchestrator.scheduling.Policy;

/** Which worker had the last task of a session, or of a beginning of prompts; the last {@link #MAX} of them. */
final class Affinities {

    private static final int MAX = 10_000;
    private static final int PREFIX_CHARACTERS = 256;

    private final Policy policy;
    private final Map<String, String> lastWorker = new LinkedHashMap<>();

    Affinities(Policy policy) {
        this.policy = policy;
    }

    /** What the policy keeps on one worker; null for nothing. */
    @Nullable
    String of(LiveTask task) {
        return switch (policy) {
            case SESSION_AFFINITY ->
                task.record().session() == null ? null : task.record().flow() + " " + task.record().session();
            case PREFIX_AFFINITY -> beginning(task.prompt().texts().getFirst());
            case LEAST_LOADED, ROUND_ROBIN, MOST_MEMORY_FREE -> null;
        };
    }

    /** why: a number, because prompts are kept no longer than their tasks. */
    private static String beginning(String text) {
        return Integer.toHexString(text.substring(0, Math.min(text.length(), PREFIX_CHARACTERS)).hashCode());
    }

    Optional<String> lastWorker(String affinity) {
        return Optional.ofNullable(lastWorker.get(affinity));
    }

    void note(LiveTask task, String worker) {
        String affinity = of(task);
        if (affinity != null) {
            lastWorker.remove(affinity);
            lastWorker.put(affinity, worker);
            if (lastWorker.size() > MAX) {
                lastWorker.remove(lastWorker.keySet().iterator().next());
            }
        }
    }
}
