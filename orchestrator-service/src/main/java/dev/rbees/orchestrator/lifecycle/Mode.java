package dev.rbees.orchestrator.lifecycle;

/** Whom the orchestrator serves. */
public enum Mode {
    /** The people of this machine: loopback only, without a token. */
    HOME,
    /** Those who have the token, also from other machines. */
    LAB
}
