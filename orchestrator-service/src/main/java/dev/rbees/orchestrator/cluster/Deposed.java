package dev.rbees.orchestrator.cluster;

/** Hears that another orchestrator leads from now on. */
@FunctionalInterface
public interface Deposed {

    /** Returns at once. */
    void hear();
}
