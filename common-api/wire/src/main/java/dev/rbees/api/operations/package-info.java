/** What an orchestrator says of itself to operators: models, health, abilities. Values without state, for any thread. */
@NullMarked
package dev.rbees.api.operations;

import org.jspecify.annotations.NullMarked;
