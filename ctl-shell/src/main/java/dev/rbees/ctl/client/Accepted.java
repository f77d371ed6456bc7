package dev.rbees.ctl.client;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.TaskState;

/**
 * What the orchestrator says when it has accepted a task.
 *
 * @param jobId the task
 * @param status where it is
 * @param queuePosition 1 is next; absent when it does not wait
 * @param eventsUrl where its events are
 */
public record Accepted(String jobId, TaskState status, @Nullable Integer queuePosition, String eventsUrl) {}
