/**
 * What is done on pools: they are asked what they say of themselves, and workers are started and stopped there, over SSH or as a child
 * process. All that blocks runs on virtual threads of this package, never on those that decide; what comes of it goes to the core as a
 * command.
 */
@NullMarked
package dev.rbees.orchestrator.provisioning;

import org.jspecify.annotations.NullMarked;
