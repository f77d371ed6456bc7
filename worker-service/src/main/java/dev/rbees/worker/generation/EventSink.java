package dev.rbees.worker.generation;

import dev.rbees.api.task.TaskEvent;

/** Takes the events of one answer, in order, from the generating thread. It must never block. */
@FunctionalInterface
public interface EventSink {
    void accept(TaskEvent event);

    /** The generating thread lives, and has nothing to say just now; about twice a second while the answer is being made. */
    default void alive() {
        // most readers need no sign of life
    }
}
