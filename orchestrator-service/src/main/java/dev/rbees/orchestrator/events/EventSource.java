package dev.rbees.orchestrator.events;

/** The events of one task, to be read: while they are made, or when no more can follow. Any thread. */
public sealed interface EventSource permits TaskLog, EndedLog {

    /** Number of the last event that can be shown, 0 for none. */
    long last();

    /** Whether the last event is there and can be shown. */
    boolean complete();
}
