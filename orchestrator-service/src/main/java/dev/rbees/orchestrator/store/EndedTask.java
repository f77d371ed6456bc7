package dev.rbees.orchestrator.store;

/**
 * A task that has ended and may be forgotten.
 *
 * @param number its row
 * @param id its name
 * @param bytes of its record and its log
 */
record EndedTask(long number, String id, long bytes) {}
