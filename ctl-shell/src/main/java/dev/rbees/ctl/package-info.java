/** rbees: the operator's CLI. It talks to the orchestrator and to workers over HTTP, and to pools over SSH. */
@NullMarked
package dev.rbees.ctl;

import org.jspecify.annotations.NullMarked;
