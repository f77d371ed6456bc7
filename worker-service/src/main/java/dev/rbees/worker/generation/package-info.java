/**
 * Requests for text: slots, the batch loop, choosing tokens, stop texts, events.
 *
 * <p>
 * The thread {@code batch-loop} owns what runs, which is checked; the thread {@code prefill} runs pieces of prompts for it and
 * decides nothing. A request is tokenised and joined on the thread of its caller. Events are given on the batch thread, so a
 * reader must not block. It knows nothing of HTTP, and of ONNX Runtime only {@link dev.rbees.worker.onnx.Decoder}.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.generation;
