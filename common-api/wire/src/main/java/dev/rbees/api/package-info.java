/**
 * Names that all programs hold to the same form. Values without state, for any thread; what is refused is refused as an
 * error of {@code api.error}.
 */
@NullMarked
package dev.rbees.api;

import org.jspecify.annotations.NullMarked;
