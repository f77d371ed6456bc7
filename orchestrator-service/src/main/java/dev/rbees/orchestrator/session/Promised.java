package dev.rbees.orchestrator.session;

import dev.rbees.api.task.SamplingParameters;

/** What tasks that have not ended were promised of a budget of tokens. Not for several threads. */
public final class Promised {

    private int tasks;
    private long tokens;

    /** How much of a budget a task may take. */
    public static long of(SamplingParameters sampling) {
        return sampling.maxTokens() == null ? 0 : sampling.maxTokens();
    }

    public void begin(SamplingParameters sampling) {
        tasks++;
        tokens += of(sampling);
    }

    /** why: whoever has the budget may have been deleted and made anew, and then never saw the tasks of the old one come. */
    public void end(SamplingParameters sampling) {
        if (tasks > 0) {
            tasks--;
            tokens = Math.max(0, tokens - of(sampling));
        }
    }

    /** How many have not ended. */
    public int tasks() {
        return tasks;
    }

    public long tokens() {
        return tokens;
    }
}
