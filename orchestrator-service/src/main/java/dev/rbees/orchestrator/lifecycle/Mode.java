package dev.rbees.orchestrator.lifecycle;

/** Whom the orchestrator serves. */
public enum Mode {
    /** The people of this machine: loopback only, without a token. */
    HOME,
    /** Those who have the token, also from other machines. */
    LAB,
    /** Tenants, each with a token and a quota of its own; what they do is taken down. */
    PLATFORM
}
