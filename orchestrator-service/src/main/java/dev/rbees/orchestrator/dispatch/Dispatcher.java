package dev.rbees.orchestrator.dispatch;

/** Gives work to workers. */
public interface Dispatcher {

    /**
     * Begins an attempt, without waiting.
     *
     * @return ends it; the worker is told by the end of the connection, the listener hears nothing more
     */
    Runnable begin(AttemptOrder order, AttemptListener listener);
}
