/**
 * Who may touch what: threads that own state, the check that a state is touched by its owner alone, and what becomes of the program
 * when such a thread fails. Knows nothing of the rest of rbees.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.thread;
