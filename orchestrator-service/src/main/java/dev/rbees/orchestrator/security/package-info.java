/**
 * Who is who, and which token opens what.
 *
 * <p>
 * Filters run on event loops and must not wait: tokens are looked up in memory. May know tenants and the audit log.
 */
package dev.rbees.orchestrator.security;
