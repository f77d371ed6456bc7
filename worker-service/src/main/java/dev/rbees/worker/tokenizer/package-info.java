/**
 * Tokenizers: from text to ids and back, for each kind that models have.
 *
 * <p>
 * Made on the thread {@code load} or beside it; a finished tokenizer does not change and is safe for many threads. Patterns
 * and tables come with the model, from anybody, so that their work on a text is bounded.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.tokenizer;
