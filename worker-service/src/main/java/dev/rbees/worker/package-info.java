/**
 * The program {@code rbees-workerd}: one model in one process, over HTTP.
 *
 * <p>
 * On the main thread it reads its command line and opens the server; the rest runs on the threads of {@link
 * dev.rbees.worker.lifecycle} and {@link dev.rbees.worker.generation}. It alone knows Spring's beans, and it alone ends the
 * process.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker;
