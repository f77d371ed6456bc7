package dev.rbees.orchestrator.task;

import dev.rbees.api.task.TaskState;

/** A move that the table does not have: a fault of ours. */
public final class IllegalTransition extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    IllegalTransition(String task, TaskState from, Move move) {
        super("task " + task + " is " + from + " and cannot " + move);
    }
}
