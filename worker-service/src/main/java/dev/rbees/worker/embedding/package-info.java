/**
 * Requests for embeddings of texts: a slot for each, and one text after another.
 *
 * <p>
 * A request runs on the thread that asks for it, which must not be an event loop; several run at a time. It knows the model's
 * session and tokenizer, and nothing of HTTP.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.embedding;
