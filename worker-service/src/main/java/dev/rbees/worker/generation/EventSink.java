package dev.rbees.worker.generation;

import dev.rbees.api.task.TaskEvent;

/** Takes the events of one answer, in order, from the generating thread. It must never block. */
@FunctionalInterface
public interface EventSink {
    void accept(TaskEvent event);
}
