/**
 * The native API over HTTP: tasks, events, workers, sessions, tenants, models, operations.
 *
 * <p>
 * Controllers that take a body run on {@code request-} threads, all others on event loops, which must not wait: what blocks
 * goes to {@code boundedElastic}, and what the program promises comes back over {@link dev.rbees.service.Bridge}. The last
 * layer: nobody knows it.
 */
package dev.rbees.orchestrator.web;
