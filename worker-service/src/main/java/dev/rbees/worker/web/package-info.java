/**
 * The worker over HTTP: work, cancelling, health, metrics.
 *
 * <p>
 * Requests come on event loops, which must not wait: what takes time goes to bounded elastic threads. Events of an answer come
 * from the batch thread and are only queued there. The last layer: nobody knows it.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.web;
