/**
 * Conversations with a budget, as clients ask for them and see them. Values, checked when they are made; for any thread.
 */
@NullMarked
package dev.rbees.api.session;

import org.jspecify.annotations.NullMarked;
