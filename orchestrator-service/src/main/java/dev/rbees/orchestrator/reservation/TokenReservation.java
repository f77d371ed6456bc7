package dev.rbees.orchestrator.reservation;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

import dev.rbees.api.task.SamplingParameters;

/**
 * Tokens of a budget that are set aside for tasks that have not ended, by the id of the task. Each task has at most one reservation,
 * and each reservation ends once, so that nothing is counted twice however often it is said. Not for several threads.
 */
public final class TokenReservation {

    private final Map<String, Integer> byTask = new HashMap<>();
    private long tokens;

    /** How much of a budget a task may take: its {@code max_tokens}, 0 where it has no limit. */
    public static int of(SamplingParameters sampling) {
        return sampling.maxTokens() == null ? 0 : Math.max(0, sampling.maxTokens());
    }

    /**
     * Sets tokens aside for a task; where it has some already, these instead.
     *
     * @param amount at least 0
     * @return whether the task had none before
     */
    public boolean reserve(String task, int amount) {
        int checked = Math.max(0, amount);
        Integer before = byTask.put(task, checked);
        tokens += checked - (before == null ? 0L : before);
        return before == null;
    }

    /** A task is not going to be: what was set aside is free again. Whether there was something. */
    public boolean release(String task) {
        Integer amount = byTask.remove(task);
        tokens -= amount == null ? 0 : amount;
        return amount != null;
    }

    /**
     * A task has ended: what was set aside is free again.
     *
     * @param used tokens that it took; a negative number counts as none
     * @return tokens to put down to the budget, at least 0; empty when nothing was set aside for the task, or it has been settled before
     */
    public OptionalLong settle(String task, long used) {
        return release(task) ? OptionalLong.of(Math.max(0, used)) : OptionalLong.empty();
    }

    /** Tasks that have a reservation. */
    public int tasks() {
        return byTask.size();
    }

    /** Tokens that are set aside for all of them, at least 0. */
    public long tokens() {
        return tokens;
    }
}
