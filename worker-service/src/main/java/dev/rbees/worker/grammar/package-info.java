/**
 * Keeps answers to a JSON schema: from schema to automaton, from automaton to the tokens that may follow.
 *
 * <p>
 * A schema is compiled on the thread of the request, within a budget; a {@code Constraint} belongs to one answer and so to the
 * batch thread. Compiled grammars and masks are shared and safe for many threads. It knows a vocabulary as bytes, and nothing
 * of models.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.grammar;
