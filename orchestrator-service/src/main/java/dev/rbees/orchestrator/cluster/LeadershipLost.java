package dev.rbees.orchestrator.cluster;

/** Hears that another orchestrator leads from now on. */
@FunctionalInterface
public interface LeadershipLost {

    /** Returns at once. */
    void hear();
}
