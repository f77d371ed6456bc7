package dev.rbees.orchestrator.queue;

import dev.rbees.api.task.Priority;

/**
 * Where a task waits.
 *
 * @param model whose queue
 * @param priority which class of it
 * @param place in that class
 */
public record Ticket(String model, Priority priority, Place place) {}
