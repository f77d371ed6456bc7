/**
 * Chat templates: the part of Jinja that models use, read and run within limits.
 *
 * <p>
 * On the thread of the request; a template is safe for many threads, a run of it is not shared. Templates come with the model,
 * from anybody: they reach no Java object, and steps, depth and output are bounded. It knows nothing of the rest of the
 * worker.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.template;
