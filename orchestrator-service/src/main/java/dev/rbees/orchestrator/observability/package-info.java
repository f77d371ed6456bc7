/**
 * Names and numbers of what happens to tasks, for {@code /metrics}. Any thread counts, nothing waits. May know tasks.
 */
package dev.rbees.orchestrator.observability;
