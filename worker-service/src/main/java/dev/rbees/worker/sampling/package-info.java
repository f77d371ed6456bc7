/**
 * Chooses tokens by their scores: penalties, truncation, a draw that depends on seed and index alone.
 *
 * <p>
 * A sampler belongs to one answer and so to the batch thread. Pure: no clock, no input, no knowledge of models.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.sampling;
