/**
 * Formats of models: what a file says of dimensions, tensors and special tokens.
 *
 * <p>
 * On the thread {@code load}. Nothing in a file is believed before it is checked: {@code ModelFile} opens files, {@code
 * ModelFault} says what is wrong with them, and neither lets anything harmful through. It knows nothing of the rest of the
 * worker.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.model;
