package dev.rbees.orchestrator.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which worker had the last task of a session, or of a beginning of prompts; the last {@link #MAX} of them. */
final class Affinities {

    private static final int MAX = 10_000;

    private final Map<String, String> lastWorker = new LinkedHashMap<>();

    Optional<String> lastWorker(String affinity) {
        return Optional.ofNullable(lastWorker.get(affinity));
    }

    void note(LiveTask task, String worker) {
        String affinity = task.affinity();
        if (affinity != null) {
            lastWorker.remove(affinity);
            lastWorker.put(affinity, worker);
            if (lastWorker.size() > MAX) {
                lastWorker.remove(lastWorker.keySet().iterator().next());
            }
        }
    }
}
