/**
 * The one SSH client: rbees and the orchestrator run rbees-pool on other machines through it. Nothing else knows the library
 * behind it.
 */
@NullMarked
package dev.rbees.remote;

import org.jspecify.annotations.NullMarked;
