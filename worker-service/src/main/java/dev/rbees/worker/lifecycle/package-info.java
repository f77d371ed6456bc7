/**
 * The life of a worker: settings, the plan of memory, loading, registering, heartbeats, draining.
 *
 * <p>
 * It has the threads {@code orchestrator-link} and {@code residency-check}; whatever escapes from one of them
 * ends the program. {@code WorkerState} is safe for many threads and is what everybody else asks. It knows nothing of HTTP but
 * the orchestrators that it reports to.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.lifecycle;
