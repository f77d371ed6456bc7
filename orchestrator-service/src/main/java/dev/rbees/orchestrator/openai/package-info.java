/**
 * OpenAI's API below {@code /v1}: its requests become tasks like any other, and events are written in its form.
 *
 * <p>
 * Bodies are read on {@code request-} threads, streams are written on the connection's event loop, and embeddings have virtual
 * threads. A face only: it decides nothing, and nobody knows it.
 */
package dev.rbees.orchestrator.openai;
