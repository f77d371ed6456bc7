/**
 * The record of a task and the table of its moves. Values that never change, for every thread. Knows the wire types and
 * placement decisions, which it keeps.
 */
package dev.rbees.orchestrator.task;
