/**
 * What workers and the orchestrator say to each other: registration, signs of life, requests for texts and embeddings.
 * Values, checked when they are made, for any thread. What a worker sends is not trusted: the reader checks.
 */
@NullMarked
package dev.rbees.api.worker;

import org.jspecify.annotations.NullMarked;
