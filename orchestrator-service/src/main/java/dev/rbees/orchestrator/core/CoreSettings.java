package dev.rbees.orchestrator.core;

import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.scheduling.Policy;

/**
 * By what the core decides.
 *
 * @param policy by what workers are chosen
 * @param fullQueue what happens to a new task when the queue is full
 * @param timeouts how long a task may be in a stage
 */
public record CoreSettings(Policy policy, FullQueue fullQueue, Timeouts timeouts) {}
